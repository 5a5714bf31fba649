// What is not HTTP as RFC 9112 has it. Accepting it allows request smuggling, so all of it is refused.

import { afterAll, expect, test } from 'vitest'
import { startFixture } from './service.ts'

// Shared, for nothing that a test sends leaves a trace in the service.
const service = await startFixture()
afterAll(() => service[Symbol.asyncDispose]())

const post = 'POST /fixture/echo HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n'

test.each([
  ['a Content-Length beside a Transfer-Encoding', `${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`],
  ['two Content-Lengths', `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
  ['a Content-Length that is no number', `${post}Content-Length: two\r\n\r\n{}`],
  ['a chunk size that is no number', `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
  ['a chunk that is longer than its size', `${post}Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n`],
  ['a transfer encoding that is unknown', `${post}Transfer-Encoding: odd\r\n\r\n{}`],
  ['a transfer encoding before chunked', `${post}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
  ['a bare line feed', 'GET /health/live HTTP/1.1\nHost: service\n\n'],
  ['a bare carriage return in a header', 'GET /health/live HTTP/1.1\r\nHost: service\r\nX-Odd: a\rb\r\n\r\n'],
  ['a folded header', 'GET /health/live HTTP/1.1\r\nHost: service\r\nX-Odd: a\r\n b\r\n\r\n'],
  ['a space before the colon', 'GET /health/live HTTP/1.1\r\nHost : service\r\n\r\n'],
  ['no Host', 'GET /health/live HTTP/1.1\r\n\r\n'],
  ['two Hosts', 'GET /health/live HTTP/1.1\r\nHost: service\r\nHost: other\r\n\r\n'],
  ...['http://', 'http://[', 'http://[/', 'http://[::1', 'ftp://service/', 'javascript:1', 'health/live'].map(
    (target) => [`the target ${target}`, `GET ${target} HTTP/1.1\r\nHost: service\r\n\r\n`],
  ),
  ['an unknown method', 'BREW /health/live HTTP/1.1\r\nHost: service\r\n\r\n'],
  ['a lower case method', 'get /health/live HTTP/1.1\r\nHost: service\r\n\r\n'],
  ['an unknown version', 'GET /health/live HTTP/9.9\r\nHost: service\r\n\r\n'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
])('%s is answered with 400, and the connection is closed', async (_what, request) => {
  using wire = await service.connect()

  wire.write(request)
  const { status, headers } = await wire.answer()
  await wire.closed()

  expect(status).toBe(400)
  expect(headers.get('connection')).toBe('close')
})

test('a request line and headers of more than HEADER_LIMIT are answered with 431', async () => {
  using wire = await service.connect()

  wire.write(`GET /health/live HTTP/1.1\r\nHost: service\r\nX-Large: ${'x'.repeat(17_000)}\r\n\r\n`)
  const { status } = await wire.answer()

  expect(status).toBe(431)
})

test('a target that is a whole URL means its path', async () => {
  using wire = await service.connect()

  wire.write('GET http://service/health/live?x=1 HTTP/1.1\r\nHost: service\r\n\r\n')

  expect((await wire.answer()).status).toBe(200)
})

test('OPTIONS * asks the server as a whole', async () => {
  using wire = await service.connect()

  wire.write('OPTIONS * HTTP/1.1\r\nHost: service\r\n\r\n')

  expect((await wire.answer()).status).toBe(204)
})
