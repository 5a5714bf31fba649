import { expect, test } from 'vitest'
import { createTestApp } from '../../app.ts'

test('every response reports the client’s quota, and requests beyond it are rejected', async () => {
  const { http } = await createTestApp({ env: { RATE_LIMIT_PER_MINUTE: '2' } })

  const first = await http.get('/info')
  await http.get('/info')
  const refused = await http.get('/info')

  expect(first.headers).toMatchObject({ ratelimit: '"client";r=1;t=60', 'ratelimit-policy': '"client";q=2;w=60' })
  expect(refused.status).toBe(429)
  expect(refused.headers).toMatchObject({ ratelimit: '"client";r=0;t=60', 'retry-after': '60' })
})

test('probes and scrapes are exempt from the quota', async () => {
  const { http } = await createTestApp({ env: { RATE_LIMIT_PER_MINUTE: '1' } })

  for (const path of ['/health/live', '/health/ready', '/metrics', '/health/live', '/health/ready/', '/metrics']) {
    expect((await http.get(path)).status).toBe(200)
  }
})

test('clients behind a trusted proxy have a quota each, and an IPv6 network counts as one client', async () => {
  const { http } = await createTestApp({ env: { RATE_LIMIT_PER_MINUTE: '1', TRUST_PROXY_HOPS: '1' } })
  const statusFor = async (client: string) => (await http.get('/info').set('x-forwarded-for', client)).status

  expect(await statusFor('198.51.100.1')).toBe(200)
  expect(await statusFor('198.51.100.2')).toBe(200)
  expect(await statusFor('198.51.100.1')).toBe(429)
  expect(await statusFor('2001:db8:0:1::1')).toBe(200)
  expect(await statusFor('2001:db8:0:1:ffff::2')).toBe(429)
  expect(await statusFor('2001:db8::2:0:0:0:1')).toBe(200)
})

test('IPv4 clients have a quota each, and one quota in every spelling, though a proxy writes them as IPv6', async () => {
  const { http } = await createTestApp({ env: { RATE_LIMIT_PER_MINUTE: '1', TRUST_PROXY_HOPS: '1' } })
  const statusFor = async (client: string) => (await http.get('/info').set('x-forwarded-for', client)).status

  expect(await statusFor('::ffff:192.0.2.1')).toBe(200)
  expect(await statusFor('::ffff:192.0.2.2')).toBe(200)
  expect(await statusFor('64:ff9b::192.0.2.3')).toBe(200)
  expect(await statusFor('::FFFF:c000:201')).toBe(429)
  expect(await statusFor('192.0.2.2')).toBe(429)
  expect(await statusFor('::ffff:192.0.2.3')).toBe(429)
})
