// The rate limit and the counters, which instances share by Redis.

import { expect, test } from 'vitest'
import { openInstance } from '../../tests/backing/instance.ts'
import { openRedis, redis } from '../servers/redis.ts'
import { until } from '../servers/until.ts'

const LIMITED = { RATE_LIMIT_PER_MINUTE: '3' }
const testWithRedis = test.skipIf(redis.missing())

for (const bound of [false, true]) {
  testWithRedis(`each client has a quota, ${bound ? 'in Redis' : 'in memory'}`, async () => {
    await using server = await openRedis()
    await using instance = openInstance({ ...LIMITED, ...(bound && { REDIS_URL: server.url }) })
    await connected(instance, bound)

    const quotas = [
      await instance.rateLimiter.take('a'),
      await instance.rateLimiter.take('a'),
      await instance.rateLimiter.take('b'),
      await instance.rateLimiter.take('a'),
      await instance.rateLimiter.take('a'),
    ]

    expect(quotas.map(({ remaining }) => remaining)).toEqual([2, 1, 2, 0, -1])
    for (const { resetSeconds } of quotas) expect(resetSeconds).toBeGreaterThan(50)
    for (const { resetSeconds } of quotas) expect(resetSeconds).toBeLessThanOrEqual(60)
  })

  testWithRedis(`a counter adds up, ${bound ? 'in Redis' : 'in memory'}`, async () => {
    await using server = await openRedis()
    await using instance = openInstance(bound ? { REDIS_URL: server.url, CACHE_TIMEOUT_MS: '2000' } : {})
    const counter = instance.counter('visits')

    counter.add()
    counter.add(4)

    expect(await counter.total()).toBe(5)
  })
}

testWithRedis('instances share a quota', async () => {
  await using server = await openRedis()
  const env = { ...LIMITED, REDIS_URL: server.url }
  await using first = openInstance(env)
  await using second = openInstance(env)
  await Promise.all([connected(first), connected(second)])

  const quotas = [await first.rateLimiter.take('a'), await second.rateLimiter.take('a')]

  expect(quotas.map(({ remaining }) => remaining)).toEqual([2, 1])
})

testWithRedis.for(['kill', 'freeze'] as const)(
  '%s: the limit holds for each instance, and a metric tells',
  async (fault) => {
    await using server = await openRedis()
    await using instance = openInstance({ ...LIMITED, REDIS_URL: server.url })
    await connected(instance)
    await instance.rateLimiter.take('a')

    await server[fault]()
    const startedMs = performance.now()
    const remaining: number[] = []
    for (let turn = 0; turn < 4; turn++) remaining.push((await instance.rateLimiter.take('a')).remaining)

    expect(remaining).toEqual([1, 0, -1, -2])
    expect(performance.now() - startedMs).toBeLessThan(1500)
    expect(await instance.metric('rate_limit_fallbacks_total')).toBe(4)

    if (fault === 'freeze') server.thaw()
    else await server.restart()
    await until(async () => {
      const before = await instance.metric('rate_limit_fallbacks_total')
      await instance.rateLimiter.take('later')
      return (await instance.metric('rate_limit_fallbacks_total')) === before
    }, patience('Redis is not asked again'))
  },
)

testWithRedis('instances count together, and what they counted survives them', async () => {
  await using server = await openRedis()
  const env = { REDIS_URL: server.url, CACHE_TIMEOUT_MS: '2000' }
  {
    await using first = openInstance(env)
    await using second = openInstance(env)
    first.counter('visits').add(2)
    second.counter('visits').add(3)
  }
  await using third = openInstance(env)

  expect(await third.counter('visits').total()).toBe(5)
})

testWithRedis('what is counted while Redis is gone is told when it is back', async () => {
  await using server = await openRedis()
  await using instance = openInstance({ REDIS_URL: server.url })
  const counter = instance.counter('visits')
  counter.add(2)
  await until(async () => (await counter.total()) === 2, patience('nothing is counted'))

  await server.kill()
  counter.add(3)
  expect(await counter.total()).toBe(5)
  await server.restart()

  await using other = openInstance({ REDIS_URL: server.url, CACHE_TIMEOUT_MS: '2000' })
  // Redis has lost what it knew, and is told what it has not heard.
  await until(async () => (await other.counter('visits').total()) === 3, patience('Redis has not been told'))
})

/** The first requests may find Redis not connected yet. */
async function connected({ rateLimiter, metric }: ReturnType<typeof openInstance>, bound = true) {
  if (!bound) return
  await until(async () => {
    const before = await metric('rate_limit_fallbacks_total')
    await rateLimiter.take('somebody else')
    return (await metric('rate_limit_fallbacks_total')) === before
  }, patience('Redis does not answer'))
}

const patience = (otherwise: string) => ({ deadlineMs: 10_000, otherwise: () => otherwise })
