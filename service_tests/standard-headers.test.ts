// The headers of every answer, whichever part of the service it comes from.

import { afterAll, expect, test } from 'vitest'
import { startFixture } from './service.ts'

// Shared, because no test changes the service.
const service = await startFixture()
afterAll(() => service[Symbol.asyncDispose]())

const answers = [
  ['a success', 'GET /health/live HTTP/1.1\r\nHost: service\r\n\r\n', 200],
  ['metrics', 'GET /metrics HTTP/1.1\r\nHost: service\r\n\r\n', 200],
  ['no content', 'OPTIONS /health/live HTTP/1.1\r\nHost: service\r\n\r\n', 204],
  ['a redirect', 'GET /docs HTTP/1.1\r\nHost: service\r\n\r\n', 301],
  ['a static file', 'GET /robots.txt HTTP/1.1\r\nHost: service\r\n\r\n', 200],
  ['the docs', 'GET /docs/ HTTP/1.1\r\nHost: service\r\n\r\n', 200],
  ['a part of the docs', 'GET /docs/swagger-ui.css HTTP/1.1\r\nHost: service\r\n\r\n', 200],
  ['a malformed request', 'not HTTP\r\n\r\n', 400],
  ['an unknown path', 'GET /nowhere HTTP/1.1\r\nHost: service\r\n\r\n', 404],
  ['another method', 'TRACE /health/live HTTP/1.1\r\nHost: service\r\n\r\n', 405],
  ['another expectation', 'GET /health/live HTTP/1.1\r\nHost: service\r\nExpect: miracles\r\n\r\n', 417],
  ['headers that are too large', `GET / HTTP/1.1\r\nHost: service\r\nX-Large: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
  ['a bug', 'GET /fixture/throw HTTP/1.1\r\nHost: service\r\n\r\n', 500],
] as const

test.each(answers)(
  'the answer to %s protects its client, and does not reveal what the service is made of',
  async (_what, request, expected) => {
    using wire = await service.connect()

    wire.write(request)
    const { status, headers } = await wire.answer()

    expect(status).toBe(expected)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'/),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': expect.any(String),
    })
    expect(headers.has('x-powered-by') || headers.has('server')).toBe(false)
  },
)

test.each(answers)('the answer to %s contains the request id of the log', async (_what, request) => {
  using wire = await service.connect()

  wire.write(request)
  const { headers } = await wire.answer()
  const requestId = headers.get('x-request-id')

  expect(requestId).not.toBeNull()
  expect(await service.log.find({ requestId })).toBeDefined()
})
