import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { judgeLine, readLog } from '../../../scripts/rehearse/log-reader.ts'

const judge = (line: string, version?: string) => judgeLine(Buffer.from(line), version)

test('a JSON object is a good line, with the right version or none', () => {
  expect(judge('{"message":"a\\rb"}', '1.2.3')).toBeUndefined()
  expect(judge('{"version":"1.2.3"}', '1.2.3')).toBeUndefined()
})

test.each([
  ['(node:1) Warning: x', 'no JSON object'],
  ['[]', 'no JSON object'],
  ['', 'no JSON object'],
  ['{"a":1}\r', 'carriage return'],
  [JSON.stringify({ a: 'ü'.repeat(31_000) }), 'bytes'],
  ['{"version":"1.2.4"}', 'version 1.2.4'],
])('a line is faulty (%#)', (line, named) => {
  expect(judge(line, '1.2.3')).toContain(named)
})

test('lines are put together from chunks, and the rest is what has no end', async () => {
  const stream = new PassThrough()
  const log = readLog(stream, 'stdout')

  for (const chunk of ['{"a"', ':1}\n{"b":2}\nnot ', 'json\n{"cut']) stream.write(chunk)
  stream.end()
  await log.ended

  expect(log.lines()).toBe(3)
  expect(log.faults()).toEqual([{ what: 'a line on stdout is no JSON object', line: 'not json' }])
  expect(log.rest()).toBe('{"cut')
})

test('a long complaint is kept whole, and what is endless is not', async () => {
  const stream = new PassThrough()
  const log = readLog(stream, 'stdout')

  stream.end(`${'a'.repeat(1900)}\n${'b'.repeat(70_000)}\n`)
  await log.ended

  expect(log.tail()).toBe(`${'a'.repeat(1900)}\n  ${'b'.repeat(2000)}`)
})
