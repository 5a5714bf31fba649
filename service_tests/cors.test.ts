// CORS (Fetch standard): which pages of other origins may call the service. None, unless a deployment names them.

import { afterAll, expect, test } from 'vitest'
import { startFixture, startService } from './service.ts'

const CORS_ORIGINS = 'https://app.example.com, https://admin.example.com'
const origin = 'https://app.example.com'

// Shared, because no test changes the service.
const service = await startFixture({ env: { CORS_ORIGINS } })
afterAll(() => service[Symbol.asyncDispose]())
const preflight = {
  method: 'OPTIONS',
  headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
}

test('without CORS_ORIGINS no page may call the service', async () => {
  await using service = await startService()

  const { headers } = await service.fetch('/info', { headers: { origin } })

  expect(headers.has('access-control-allow-origin')).toBe(false)
})

test('a page of a listed origin may read the answer, and the headers that clients need', async () => {
  const { headers } = await service.fetch('/info', { headers: { origin } })

  expect(headers.get('access-control-allow-origin')).toBe(origin)
  expect(headers.get('access-control-expose-headers')).toContain('X-Request-Id')
  expect(headers.get('vary')).toContain('Origin')
})

test('a page of another origin may not', async () => {
  const { headers } = await service.fetch('/info', { headers: { origin: 'https://evil.example.com' } })

  expect(headers.has('access-control-allow-origin')).toBe(false)
})

test('a preflight of a listed origin is allowed', async () => {
  const { status, headers } = await service.fetch('/fixture/echo', preflight)

  expect(status).toBe(204)
  expect(headers.get('access-control-allow-origin')).toBe(origin)
  expect(headers.get('access-control-allow-methods')).toContain('POST')
  expect(headers.get('access-control-allow-headers')).toBe('content-type')
})

test('an OPTIONS that is not a preflight is answered as without CORS', async () => {
  const { status, headers } = await service.fetch('/fixture/echo', { method: 'OPTIONS', headers: { origin } })

  expect([status, headers.get('allow')]).toEqual([204, 'POST, OPTIONS'])
})

test.each([
  ['404', '/nowhere', 404],
  ['429', '/info', 429],
  ['500', '/fixture/throw', 500],
])('a page may also read a %s', async (_what, path, expected) => {
  await using service = await startFixture({
    env: { CORS_ORIGINS, RATE_LIMIT_PER_MINUTE: expected === 429 ? '1' : '0' },
  })
  await service.fetch('/info')

  const { status, headers } = await service.fetch(path, { headers: { origin } })

  expect([status, headers.get('access-control-allow-origin')]).toEqual([expected, origin])
})

test('with * any page may call the service', async () => {
  await using service = await startService({ env: { CORS_ORIGINS: '*' } })

  const { headers } = await service.fetch('/info', { headers: { origin: 'https://anyone.example.com' } })

  expect(headers.get('access-control-allow-origin')).toBe('*')
})
