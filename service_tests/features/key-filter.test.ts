// The key filter, seen from outside: it gives back what it was given, byte for byte, or says where it stopped.

import { afterAll, expect, test } from 'vitest'
import { startService } from '../service.ts'

// Shared, for the filter remembers nothing.
const service = await startService({ env: { BODY_LIMIT: '1000000' } })
afterAll(() => service[Symbol.asyncDispose]())

test.each([
  ['{"abra":123,"kadabra":4}', '{"abra":123}'],
  ['{"a":12345678901234567890,"A":1.10,"ab":1e400,"b":0}', '{"a":12345678901234567890,"A":1.10,"ab":1e400}'],
  ['{"b":{"a":1},"a":{"b": [1, {"c":  2}]}}', '{"a":{"b": [1, {"c":  2}]}}'],
  ['{"\\u0061":1,"\\u0041x":2,"ä":3}', '{"\\u0061":1,"\\u0041x":2}'],
  ['{"a":"\\ud83d\\ude00 é"}', '{"a":"\\ud83d\\ude00 é"}'],
  ['{}', '{}'],
])('%s becomes %s', async (given, kept) => {
  const { status, body } = await filter(given)

  expect(status).toBe(200)
  expect(body).toBe(kept)
})

test('of duplicate keys the last one wins', async () => {
  const { body } = await filter('{"a": 1, "b": 2, "a": 3}')

  expect(JSON.parse(body)).toEqual({ a: 3 })
})

test.each([
  ['', 0],
  ['{"a": 1', 7],
  ['{"a": 01}', 7],
  ['[1]', 0],
  ['"a"', 0],
  ['\ufeff{}', 0],
  ['{"a": 1} x', 9],
])('%j is refused, with the position where it stops to make sense', async (given, offset) => {
  const { status, json } = await filter(given)

  expect(status).toBe(400)
  expect(json<{ position: object }>().position).toMatchObject({ offset, line: 1, column: offset + 1 })
})

test('a body that is not UTF-8 is refused, with the position', async () => {
  const { status, json } = await filter(Buffer.from('{"a": "\xff"}', 'latin1'))

  expect(status).toBe(400)
  expect(json()).toMatchObject({ position: { offset: 7 } })
})

test.each(['text/plain', '////', 'application/json/x', ''])('the media type "%s" is refused', async (type) => {
  const { status, json } = await filter(Buffer.from('{}'), type)

  expect(status).toBe(415)
  expect(json()).toMatchObject({ detail: 'Media type needs to be application/json.' })
})

test('a charset after the media type does no harm', async () => {
  const { status } = await filter('{}', 'application/json; charset=utf-8')

  expect(status).toBe(200)
})

test('nesting as deep as the limit allows is no crash', async () => {
  const deep = `{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}`

  const { status, body } = await filter(deep)

  expect(status).toBe(200)
  expect(body).toBe(deep)
})

test('a body above the limit is refused', async () => {
  const { status } = await filter(`{"a":"${'x'.repeat(1_000_000)}"}`)

  expect(status).toBe(413)
})

function filter(body: string | Uint8Array, type = 'application/json') {
  return service.fetch('/', { method: 'POST', headers: type ? { 'content-type': type } : {}, body })
}
