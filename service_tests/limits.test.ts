// The limits that keep the service working: on requests at once, on requests per client, and on the size of headers.

import { expect, test } from 'vitest'
import { whenInFlight } from './metrics-text.ts'
import { type Service, startFixture, startService } from './service.ts'

test('beyond MAX_IN_FLIGHT the answer is 503 with Retry-After', async () => {
  await using service = await startFixture({ env: { MAX_IN_FLIGHT: '2' } })
  const held = await holdRequests(service, 2)

  const { status, headers } = await service.fetch('/fixture/slow?ms=0')

  expect(status).toBe(503)
  expect(headers.get('retry-after')).toBe('1')
  await release(service, held)
})

test('an overloaded service is alive, ready and measured', async () => {
  await using service = await startFixture({ env: { MAX_IN_FLIGHT: '2' } })
  const held = await holdRequests(service, 2)

  const answers = await Promise.all(['/health/live', '/health/ready', '/metrics'].map((path) => service.fetch(path)))

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  await release(service, held)
})

test('after an overload the service works as before', async () => {
  await using service = await startFixture({ env: { MAX_IN_FLIGHT: '2' } })
  const leaving = new AbortController()
  const held = await holdRequests(service, 2, leaving.signal)
  await service.fetch('/fixture/slow?ms=0')

  leaving.abort()
  await Promise.allSettled(held)
  await service.log.findAll({ path: '/fixture/poll', status: 499 }, 2)

  expect((await service.fetch('/fixture/slow?ms=0')).status).toBe(200)
})

test('HEADER_LIMIT makes room for large tokens and cookies, and the response beyond it names it', async () => {
  await using service = await startService({ env: { HEADER_LIMIT: '32768' } })
  const fetchWith = (bytes: number) => service.fetch('/health/live', { headers: { cookie: 'x'.repeat(bytes) } })

  const [large, tooLarge] = [await fetchWith(30_000), await fetchWith(40_000)]

  expect(large.status).toBe(200)
  expect(tooLarge.status).toBe(431)
  expect(tooLarge.json()).toMatchObject({ detail: 'The request line and the headers are larger than 32768 bytes.' })
})

test('a client beyond RATE_LIMIT_PER_MINUTE gets 429 with Retry-After', async () => {
  await using service = await startService({ env: { RATE_LIMIT_PER_MINUTE: '2' } })

  const answers = [await service.fetch('/info'), await service.fetch('/info'), await service.fetch('/info')]
  const { headers } = answers[2]!

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  expect(headers.get('ratelimit-policy')).toBe('"client";q=2;w=60')
  expect(headers.get('ratelimit')).toMatch(/^"client";r=0;t=\d+$/)
})

test('each answer reports the rest of the quota', async () => {
  await using service = await startService({ env: { RATE_LIMIT_PER_MINUTE: '10' } })

  const answers = [await service.fetch('/info'), await service.fetch('/nowhere')]

  expect(answers.map(({ headers }) => headers.get('ratelimit'))).toEqual([
    expect.stringContaining('r=9'),
    expect.stringContaining('r=8'),
  ])
})

test('probes and scrapes are never limited', async () => {
  await using service = await startService({ env: { RATE_LIMIT_PER_MINUTE: '1' } })
  await service.fetch('/info')

  const answers = await Promise.all(
    ['/health/live', '/health/ready/', '/metrics', '/health/live'].map((path) => service.fetch(path)),
  )

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
})

test('behind a trusted proxy each client has a quota of its own, and can’t claim another address', async () => {
  await using service = await startService({ env: { RATE_LIMIT_PER_MINUTE: '1', TRUST_PROXY_HOPS: '1' } })
  const ask = (forwarded: string) => service.fetch('/info', { headers: { 'x-forwarded-for': forwarded } })

  const answers = [await ask('192.0.2.1'), await ask('192.0.2.2'), await ask('192.0.2.99, 192.0.2.2')]

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
})

/** Polls that wait until the service stops, or their client leaves. */
async function holdRequests(service: Service, count: number, signal?: AbortSignal) {
  const held = Array.from({ length: count }, () => service.fetch('/fixture/poll', signal ? { signal } : {}))
  await whenInFlight(service, count)
  return held
}

async function release(service: Service, held: Promise<unknown>[]) {
  service.signal('SIGTERM')
  await Promise.all(held)
}
