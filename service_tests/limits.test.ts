// The limits that keep the service working: on requests at once, on requests per client, and on the size of headers.

import { expect, test } from 'vitest'
import { whenInFlight } from './metrics-text.ts'
import { type Service, startFixture, startService } from './service.ts'
import type { Wire } from './wire.ts'

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

test('beyond MAX_CONNECTIONS the one that is idle for longest makes room', async () => {
  await using service = await startService({ env: { MAX_CONNECTIONS: '10' } })
  const used = await service.connect()
  const idle: Wire[] = []
  for (let count = 0; count < 9; count++) idle.push(await service.connect())
  await probe(used)

  using newcomer = await service.connect()
  const answer = await probe(newcomer)
  await idle[0]!.closed()

  expect([answer.status, (await probe(used)).status]).toEqual([200, 200])
  expect(idle.slice(1).some(({ socket }) => socket.closed)).toBe(false)
  expect(await service.log.find({ level: 'warn' })).toMatchObject({ connections: 10 })
  for (const { socket } of [used, ...idle]) socket.destroy()
})

test('beyond MAX_CONNECTIONS requests in flight are not cut off', async () => {
  await using service = await startFixture({ env: { MAX_CONNECTIONS: '10' } })
  const held = await holdRequests(service, 5)

  const probes: Wire[] = []
  for (let count = 0; count < 20; count++) probes.push(await service.connect())
  const answers = await Promise.all(probes.slice(-4).map(probe))

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  await release(service, held)
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([204, 204, 204, 204, 204])
  for (const { socket } of probes) socket.destroy()
})

test('large bodies beyond the memory for them get 503, and small ones are read', async () => {
  await using service = await startFixture({ env: { MEMORY_LIMIT: '32m', BODY_LIMIT: '4000000' } })
  const head = 'POST /fixture/echo HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n'
  using stalled = await service.connect()
  stalled.write(`${head}Content-Length: 4000000\r\n\r\n"${'x'.repeat(3_900_000)}`)
  const body = JSON.stringify({ text: 'x'.repeat(3_000_000) })
  const send = (text: string) =>
    service.fetch('/fixture/echo', { method: 'POST', headers: { 'content-type': 'application/json' }, body: text })
  await expect.poll(() => service.log.lines.length > 0 && stalled.socket.writableLength, { timeout: 60_000 }).toBe(0)

  const [large, small] = [await send(body), await send('{"a":1}')]
  stalled.socket.destroy()
  await service.log.find({ path: '/fixture/echo', status: 400 })
  const later = await send(body)

  expect([large.status, large.headers.get('retry-after'), small.status, later.status]).toEqual([503, '1', 200, 200])
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

async function probe(wire: Wire) {
  wire.write('GET /health/live HTTP/1.1\r\nHost: service\r\n\r\n')
  return wire.answer()
}

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
