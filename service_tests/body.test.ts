// Request bodies: how large they may be, how they are announced, and what they may hold.

import { afterAll, expect, test } from 'vitest'
import { startFixture } from './service.ts'

// Shared, because no test changes the service.
const service = await startFixture({ env: { BODY_LIMIT: '1000' } })
afterAll(() => service[Symbol.asyncDispose]())

const post = 'POST /fixture/echo HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n'

test('a body of the size of the limit is read', async () => {
  const body = JSON.stringify({ a: 'x'.repeat(992) })

  const { status } = await send(body)

  expect(body).toHaveLength(1000)
  expect(status).toBe(200)
})

test('a body above the limit is answered with 413', async () => {
  const { status } = await send(JSON.stringify({ a: 'x'.repeat(993) }))

  expect(status).toBe(413)
})

test('a chunked body above the limit is answered with 413', async () => {
  using wire = await service.connect()

  wire.write(`${post}Transfer-Encoding: chunked\r\n\r\n${'400\r\n'}${'x'.repeat(1024)}\r\n`)
  const { status } = await wire.answer()

  expect(status).toBe(413)
})

test('a client that sends far more than the limit gets the response, and its connection stays usable', async () => {
  using wire = await service.connect()

  wire.write(`${post}Content-Length: 5000000\r\n\r\n${'x'.repeat(5_000_000)}`)
  const large = await wire.answer()
  wire.write(`${post}Content-Length: 2\r\n\r\n{}`)
  const next = await wire.answer()

  expect([large.status, next.status]).toEqual([413, 200])
})

test('Expect: 100-continue is answered with 100', async () => {
  using wire = await service.connect()

  wire.write(`${post}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`)
  const goOn = await wire.answer()
  wire.write('{}')
  const { status } = await wire.answer()

  expect([goOn.status, status]).toEqual([100, 200])
})

test.each([
  ['is too large', `${post}Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n`, 413],
  ['is of a wrong type', `${post.replace('json', 'xml')}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`, 415],
  ['goes nowhere', 'POST /nowhere HTTP/1.1\r\nHost: service\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n', 404],
])('a body that %s is refused before it is sent', async (_what, request, expected) => {
  using wire = await service.connect()

  wire.write(request)
  const { status, headers } = await wire.answer()

  expect(status).toBe(expected)
  // Otherwise it is ambiguous whether the body or another request comes next (RFC 9110, 10.1.1).
  expect(headers.get('connection')).toBe('close')
})

test('another expectation is answered with 417', async () => {
  using wire = await service.connect()

  wire.write(`${post}Expect: miracles\r\nContent-Length: 2\r\n\r\n{}`)
  const { status } = await wire.answer()

  expect(status).toBe(417)
})

test.each([
  ['empty', ''],
  ['cut off', '{"a": 1'],
  ['no JSON', 'abc'],
  ['after a byte order mark', '\ufeff{}'],
  ['a list, where the contract has an object', '[]'],
  ['nested more deeply than a stack', '['.repeat(900)],
])('a body that is %s is answered with 400', async (_what, body) => {
  const { status } = await send(body)

  expect(status).toBe(400)
})

test('a body of many tiny chunks is read', async () => {
  using wire = await service.connect()

  const chunks = [...JSON.stringify({ a: 'x'.repeat(900) })].map((byte) => `1\r\n${byte}\r\n`)
  wire.write(`${post}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`)
  const answer = await wire.answer()

  expect(answer.json()).toEqual({ a: 'x'.repeat(900) })
})

test.each([
  ['100 levels', 99, 200],
  ['more than 100 levels', 100, 400],
])('a body that is nested %s', async (_what, inner, expected) => {
  const { status } = await send(`{"a":${'['.repeat(inner)}${']'.repeat(inner)}}`)

  expect(status).toBe(expected)
})

test('a body that is not UTF-8 is answered with 400', async () => {
  const { status } = await send(Buffer.from('{"a":"\xff"}', 'latin1'))

  expect(status).toBe(400)
})

test.each(['text/plain', 'application/json/x', '////', 'application/json; charset=utf-16'])(
  'a body of the type "%s" is answered with 415',
  async (type) => {
    const { status } = await send('{}', { 'content-type': type })

    expect(status).toBe(415)
  },
)

test('a compressed body is answered with 415', async () => {
  const { status } = await send('{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' })

  expect(status).toBe(415)
})

test.each(['application/json; charset=utf-8', 'APPLICATION/JSON;charset="UTF-8"'])(
  'the type "%s" is JSON',
  async (type) => {
    const { status } = await send('{}', { 'content-type': type })

    expect(status).toBe(200)
  },
)

test('members like __proto__ pollute nothing', async () => {
  const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'

  await send(body)
  const { body: next } = await send('{}')

  expect(next).toBe('{}')
})

function send(body: string | Uint8Array, headers: Record<string, string> = { 'content-type': 'application/json' }) {
  return service.fetch('/fixture/echo', { method: 'POST', headers, body })
}
