import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { createReconciler, createWrite } from '../../../src/backing/cache/reconcile.ts'
import { conflict, unavailable } from '../../../src/chassis/problem.ts'
import type { Cached } from '../../../src/ports/cache.ts'
import { defineFeature } from '../../../src/ports/feature.ts'
import { createTestApp } from '../../app.ts'

const quick = { probeMs: 1, settleMs: 1 }

test('results are invalidated when the database answers again, and once more when it has settled', async () => {
  const steps: string[] = []
  const answers = [false, false, true]
  const reconcile = createReconciler({
    ...quick,
    async probe() {
      steps.push('probed')
      if (!answers.shift()) throw new Error('unavailable')
    },
    async invalidate() {
      steps.push('invalidated')
    },
  })

  await reconcile()

  expect(steps).toEqual(['probed', 'probed', 'probed', 'invalidated', 'invalidated'])
})

test('however many writes are unknown, the database is probed once', async () => {
  let probed = 0
  const probe = async () => void probed++
  const reconcile = createReconciler({ ...quick, probe, invalidate: async () => {} })

  await Promise.all([reconcile(), reconcile(), reconcile()])
  expect(probed).toBe(1)
  await reconcile()
  expect(probed).toBe(2)
})

test('a write that becomes unknown while the database settles is reconciled as well', async () => {
  const steps: string[] = []
  const reconcile = createReconciler({
    ...quick,
    async probe() {
      steps.push('probed')
    },
    async invalidate() {
      steps.push('invalidated')
      if (steps.length === 2) void reconcile()
    },
  })

  await reconcile()

  expect(steps).toEqual(['probed', 'invalidated', 'invalidated', 'probed', 'invalidated', 'invalidated'])
})

test('a write that succeeds has invalidated the results before it settles', async () => {
  const { write, steps } = createRecordedWrite()

  const result = await write(async () => {
    steps.push('written')
    return 7
  })

  expect(result).toBe(7)
  expect(steps).toEqual(['written', 'invalidated'])
})

test.each([conflict('It has been shipped.'), new Error('a bug')])(
  'a write that throws %s changes nothing',
  async (error) => {
    const { write, steps } = createRecordedWrite()

    await expect(write(() => Promise.reject(error))).rejects.toBe(error)

    // Another that begins later, with the same times, has ended: so would have this one, had it begun.
    await createReconciler({ ...quick, probe: async () => {}, invalidate: async () => {} })()
    expect(steps).toEqual([])
  },
)

test('a write that throws 503 is thrown at once, and reconciled in the background', async () => {
  const { write, steps } = createRecordedWrite()
  const error = unavailable('The database is unavailable.', 1)

  await expect(write(() => Promise.reject(error))).rejects.toBe(error)

  expect(steps).toEqual([])
  await until(() => steps.length === 3, { deadlineMs: 30_000, otherwise: () => 'It was not reconciled.' })
  expect(steps).toEqual(['probed', 'invalidated', 'invalidated'])
})

test('an invalidation that fails in the background is reported', async () => {
  const failures: unknown[] = []
  const error = new Error('no cache')
  const write = createWrite({
    ...quick,
    probe: async () => {},
    invalidate: () => Promise.reject(error),
    failed: (reason) => void failures.push(reason),
  })

  await expect(write(() => Promise.reject(unavailable('Unavailable.', 1)))).rejects.toMatchObject({ status: 503 })

  await until(() => failures.length > 0, { deadlineMs: 30_000, otherwise: () => 'It was not reported.' })
  expect(failures).toEqual([error])
})

test('a write of unknown outcome is reconciled by the feature’s own database', async () => {
  let count = 0
  let cached: Cached | undefined
  const feature = defineFeature({
    name: 'counting',
    settings: {},
    start(host) {
      cached = host.cached
      return {}
    },
  })
  const { lifecycle, http } = await createTestApp({ features: [feature] })
  const read = cached!(async () => count, { name: 'count', freshSeconds: 100 })
  const write = cached!.writes([read])
  await read()

  const late = write(async () => {
    count += 1
    throw unavailable('The response was lost.', 1)
  })

  await expect(late).rejects.toMatchObject({ status: 503 })
  expect(await read()).toBe(0)
  await until(async () => (await read()) === 1, { deadlineMs: 30_000, otherwise: () => 'The write does not show.' })
  expect((await http.get('/metrics')).text).toMatch(/^database_query_duration_seconds_count\S* [1-9]/m)
  await lifecycle.stop('done')
})

function createRecordedWrite() {
  const steps: string[] = []
  const write = createWrite({
    ...quick,
    probe: async () => void steps.push('probed'),
    invalidate: async () => void steps.push('invalidated'),
    failed: () => {},
  })
  return { write, steps }
}
