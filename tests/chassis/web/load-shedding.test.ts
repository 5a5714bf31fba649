import { expect, test } from 'vitest'
import { createTestApp } from '../../app.ts'

test('requests beyond MAX_IN_FLIGHT are rejected, but probes are answered', async () => {
  const { promise: wait, resolve: release } = Promise.withResolvers<void>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const slow = async () => {
    begin()
    await wait
  }
  const { http } = await createTestApp({
    env: { MAX_IN_FLIGHT: '1' },
    mounted: { slow: { ready: slow } },
  })

  const first = http.get('/health/ready').then((answer) => answer)
  await begun
  const refused = await http.get('/info')
  const probe = await http.get('/health/live')
  release()

  expect(refused.status).toBe(503)
  expect(refused.headers['retry-after']).toBe('1')
  expect(probe.status).toBe(200)
  expect((await first).status).toBe(200)
})
