// The rate limit and the counters, which instances share by Redis.

import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { openInstance } from '../../tests/backing/instance.ts'

const LIMITED = { RATE_LIMIT_PER_MINUTE: '3' }
/** Far less than a client waits. */
const SOON = { CACHE_TIMEOUT_MS: '200' }
/** After this time somebody asks again what has failed. */
const PAUSE_MS = 1000

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
    await using instance = openInstance(bound ? { REDIS_URL: server.url } : {})
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
    await using instance = openInstance({ ...LIMITED, ...SOON, REDIS_URL: server.url })
    await connected(instance)
    await instance.rateLimiter.take('a')

    await server[fault]()
    const fallbacksBefore = await instance.metric('rate_limit_fallbacks_total')
    const startedMs = performance.now()
    const remaining: number[] = []
    for (let turn = 0; turn < 4; turn++) remaining.push((await instance.rateLimiter.take('a')).remaining)

    expect(remaining).toEqual([1, 0, -1, -2])
    expect(performance.now() - startedMs).toBeLessThan(1500)
    expect((await instance.metric('rate_limit_fallbacks_total')) - fallbacksBefore).toBe(4)

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
  const env = { REDIS_URL: server.url }
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

  await using other = openInstance({ REDIS_URL: server.url })
  // Redis has lost what it knew, and is told what it has not heard.
  await until(async () => (await other.counter('visits').total()) === 3, patience('Redis has not been told'))
})

testWithRedis('what is told again and again while Redis is frozen is counted once', async () => {
  await using server = await openRedis()
  await using instance = openInstance({ ...SOON, REDIS_URL: server.url })
  const counter = instance.counter('visits')
  counter.add(2)
  await until(async () => (await counter.total()) === 2, patience('nothing is counted'))

  await server.freeze()
  // Each of these is a question that Redis hears, and answers too late.
  for (let turn = 0; turn < 3; turn++) {
    counter.add()
    expect(await counter.total()).toBe(3 + turn)
    await sleep(PAUSE_MS)
  }
  server.thaw()

  await using other = openInstance({ REDIS_URL: server.url })
  await until(async () => (await other.counter('visits').total()) >= 5, patience('Redis has not been told'))
  expect(await counter.total()).toBe(5)
  expect(await other.counter('visits').total()).toBe(5)
})

testWithRedis('a counter that nobody uses, and a limit that is off, do not connect', async () => {
  await using server = await openRedis()
  const client = new Redis(server.url)
  const before = await connections(client)
  {
    await using instance = openInstance({ REDIS_URL: server.url })
    instance.counter('visits')
    await instance.rateLimiter.take('a')
  }
  const unused = await connections(client)
  {
    await using instance = openInstance({ REDIS_URL: server.url })
    instance.counter('visits').add()
  }
  const used = await connections(client)
  await client.quit()

  expect([unused - before, used - before]).toEqual([0, 1])
})

testWithRedis('errors of Redis neither let everybody in nor stop the service', async () => {
  await using server = await openRedis()
  const client = new Redis(server.url)
  await using instance = openInstance({ ...LIMITED, REDIS_URL: server.url, KEY_PREFIX: 'errors' })
  await connected(instance)
  await client.set('errors:limit:a', 'no number', 'KEEPTTL')
  await client.quit()

  const remaining: number[] = []
  for (let turn = 0; turn < 4; turn++) remaining.push((await instance.rateLimiter.take('a')).remaining)

  expect(remaining).toEqual([2, 1, 0, -1])
  expect((await instance.rateLimiter.take('b')).remaining).toBe(2)
  expect(instance.told('Redis fails')).toHaveLength(1)
})

async function connections(client: Redis): Promise<number> {
  return Number(/total_connections_received:(\d+)/.exec(await client.info('stats'))?.[1])
}

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
