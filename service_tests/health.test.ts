// Health: liveness covers the process alone, readiness each of its parts.

import { expect, test } from 'vitest'
import { postJson } from './http-answer.ts'
import { startFixture } from './service.ts'

test('a service whose parts are all up is ready', async () => {
  await using service = await startFixture()

  const ready = await service.fetch('/health/ready')

  expect(ready.status).toBe(200)
  expect(ready.json()).toEqual({ status: 'ready', checks: { fixture: 'up' } })
})

test('a part that is down is named, and makes the service unready but not dead', async () => {
  await using service = await startFixture()
  await service.fetch('/fixture/readiness', postJson({ down: 'The fixture has a rest.' }))

  const [ready, live] = await Promise.all([service.fetch('/health/ready'), service.fetch('/health/live')])

  expect([ready.status, live.status]).toEqual([503, 200])
  expect(ready.json()).toMatchObject({ checks: { fixture: 'The fixture has a rest.' } })
  expect(ready.headers.has('retry-after')).toBe(true)
})

test('a part that is up again makes the service ready again', async () => {
  await using service = await startFixture()
  await service.fetch('/fixture/readiness', postJson({ down: 'The fixture has a rest.' }))
  await service.fetch('/health/ready')

  await service.fetch('/fixture/readiness', postJson({}))

  expect((await service.fetch('/health/ready')).status).toBe(200)
})
