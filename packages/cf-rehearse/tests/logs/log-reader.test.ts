import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { judgeLine, readLog } from '../../src/logs/log-reader.ts'

const judge = (line: string, version?: string) => judgeLine(Buffer.from(line), { format: 'json', version })

test('a JSON object with the expected version, or without one, is a correct line', () => {
  expect(judge('{"message":"a\\rb"}', '1.2.3')).toBeUndefined()
  expect(judge('{"version":"1.2.3"}', '1.2.3')).toBeUndefined()
})

test.each([
  ['(node:1) Warning: x', 'not a JSON object'],
  ['[]', 'not a JSON object'],
  ['', 'not a JSON object'],
  ['{"a":1}\r', 'carriage return'],
  [JSON.stringify({ a: 'ü'.repeat(31_000) }), 'bytes'],
  ['{"version":"1.2.4"}', 'version 1.2.4'],
])('a line is faulty (%#)', (line, named) => {
  expect(judge(line, '1.2.3')).toContain(named)
})

test('in a text log, a line has to fit and needs no JSON', () => {
  const judgeText = (line: string) => judgeLine(Buffer.from(line), { format: 'text' })

  expect(judgeText('Listening on port 8080')).toBeUndefined()
  expect(judgeText('50 %\r')).toContain('carriage return')
  expect(judgeText('x'.repeat(62_000))).toContain('bytes')
})

test('lines are assembled from chunks, and text without a line end is the rest', async () => {
  const stream = new PassThrough()
  const log = readLog(stream, { name: 'stdout', format: 'json' })

  for (const chunk of ['{"a"', ':1}\n{"b":2}\nnot ', 'json\n{"cut']) stream.write(chunk)
  stream.end()
  await log.ended

  expect(log.lines()).toBe(3)
  expect(log.faults()).toEqual([{ what: 'a line on stdout is not a JSON object', line: 'not json' }])
  expect(log.rest()).toBe('{"cut')
})

test('long lines are kept up to 2000 bytes', async () => {
  const stream = new PassThrough()
  const log = readLog(stream, { name: 'stdout', format: 'json' })

  stream.end(`${'a'.repeat(1900)}\n${'b'.repeat(70_000)}\n`)
  await log.ended

  expect(log.tail()).toBe(`${'a'.repeat(1900)}\n  ${'b'.repeat(2000)}`)
})

test('the two lines of the launcher are let through once, in their order, and only on stdout', async () => {
  const read = async (name: 'stdout' | 'stderr', ...lines: string[]) => {
    const stream = new PassThrough()
    const log = readLog(stream, { name, format: 'json' })
    stream.end(lines.map((line) => `${line}\n`).join(''))
    await log.ended
    return log
  }
  const [first, second] = ['Invoking pre-start scripts.', 'Invoking start command.'] as const

  const started = await read('stdout', first, second, '{}')
  expect([started.faults(), started.lines()]).toEqual([[], 1])
  expect((await read('stdout', first, second, second)).faults()).toHaveLength(1)
  expect((await read('stdout', first, 'Invoking start command')).faults()).toHaveLength(1)
  expect((await read('stderr', first)).faults()).toHaveLength(1)
})
