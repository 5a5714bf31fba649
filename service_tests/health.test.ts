// Health: liveness knows only the process, readiness every part of it.

import { expect, test } from 'vitest'
import { postJson } from './http-answer.ts'
import { startFixture } from './service.ts'

test('a service whose parts are all there is ready', async () => {
  await using service = await startFixture()

  const ready = await service.fetch('/health/ready')

  expect(ready.status).toBe(200)
  expect(ready.json()).toEqual({ status: 'ready', checks: { fixture: 'up' } })
})

test('a part that is missing is named, and takes only readiness away', async () => {
  await using service = await startFixture()
  await service.fetch('/fixture/readiness', postJson({ down: 'The fixture has a rest.' }))

  const [ready, live] = await Promise.all([service.fetch('/health/ready'), service.fetch('/health/live')])

  expect([ready.status, live.status]).toEqual([503, 200])
  expect(ready.json()).toMatchObject({ checks: { fixture: 'The fixture has a rest.' } })
  expect(ready.headers.has('retry-after')).toBe(true)
})

test('a part that is back makes the service ready again', async () => {
  await using service = await startFixture()
  await service.fetch('/fixture/readiness', postJson({ down: 'The fixture has a rest.' }))
  await service.fetch('/health/ready')

  await service.fetch('/fixture/readiness', postJson({}))

  expect((await service.fetch('/health/ready')).status).toBe(200)
})
