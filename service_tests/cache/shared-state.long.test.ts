// The rate limit and the counters, which instances share through Redis.

import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { openInstance } from '../../tests/backing/fixtures/instance.ts'

const LIMITED = { RATE_LIMIT_PER_MINUTE: '3' }
/** A frozen Redis costs this much per probe. */
const SHORT_LIMIT = { CACHE_TIMEOUT_MS: '200' }
/** An open circuit is probed after this time. */
const CIRCUIT_OPEN_MS = 1000
/** Without a time limit, a call to a frozen Redis would take for ever. */
const CLIENT_PATIENCE_MS = 20_000

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
  '%s: each instance enforces the limit on its own, and a metric counts the fallbacks',
  async (fault) => {
    await using server = await openRedis()
    await using instance = openInstance({ ...LIMITED, ...SHORT_LIMIT, REDIS_URL: server.url })
    await connected(instance)
    await instance.rateLimiter.take('a')

    await server[fault]()
    const fallbacksBefore = await instance.metric('rate_limit_fallbacks_total')
    const startedMs = performance.now()
    const remaining: number[] = []
    for (let turn = 0; turn < 4; turn++) remaining.push((await instance.rateLimiter.take('a')).remaining)

    expect(remaining).toEqual([1, 0, -1, -2])
    expect(performance.now() - startedMs).toBeLessThan(CLIENT_PATIENCE_MS)
    expect((await instance.metric('rate_limit_fallbacks_total')) - fallbacksBefore).toBe(4)

    if (fault === 'freeze') server.thaw()
    else await server.restart()
    await until(async () => {
      const before = await instance.metric('rate_limit_fallbacks_total')
      await instance.rateLimiter.take('later')
      return (await instance.metric('rate_limit_fallbacks_total')) === before
    }, patience('Redis is not used again'))
  },
)

testWithRedis('instances share a counter, and its total outlives them', async () => {
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

testWithRedis('counts made while Redis is down are flushed when it is up again', async () => {
  await using server = await openRedis()
  await using instance = openInstance({ REDIS_URL: server.url })
  const counter = instance.counter('visits')
  counter.add(2)
  await until(async () => (await counter.total()) === 2, patience('the shared total is not reached'))

  await server.kill()
  counter.add(3)
  expect(await counter.total()).toBe(5)
  await server.restart()

  await using other = openInstance({ REDIS_URL: server.url })
  // Redis has lost its data; what was pending is flushed.
  await until(async () => (await other.counter('visits').total()) === 3, patience('the counts were not flushed'))
})

testWithRedis('a batch that is sent again and again while Redis is frozen is counted once', async () => {
  await using server = await openRedis()
  await using instance = openInstance({ ...SHORT_LIMIT, REDIS_URL: server.url })
  const counter = instance.counter('visits')
  counter.add(2)
  await until(async () => (await counter.total()) === 2, patience('the shared total is not reached'))

  await server.freeze()
  // Redis receives each of these batches, and replies too late.
  for (let turn = 0; turn < 3; turn++) {
    counter.add()
    expect(await counter.total()).toBe(3 + turn)
    await sleep(CIRCUIT_OPEN_MS)
  }
  server.thaw()

  await using other = openInstance({ REDIS_URL: server.url })
  await until(async () => (await other.counter('visits').total()) >= 5, patience('the counts were not flushed'))
  expect(await counter.total()).toBe(5)
  expect(await other.counter('visits').total()).toBe(5)
})

testWithRedis('an unused counter and a disabled limit do not connect', async () => {
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

testWithRedis('error replies of Redis neither disable the limit nor fail the request', async () => {
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
  expect(instance.logged('Redis fails')).toHaveLength(1)
})

async function connections(client: Redis): Promise<number> {
  return Number(/total_connections_received:(\d+)/.exec(await client.info('stats'))?.[1])
}

/** Until the connection is up, requests fall back to memory. */
async function connected({ rateLimiter, metric }: ReturnType<typeof openInstance>, bound = true) {
  if (!bound) return
  await until(async () => {
    const before = await metric('rate_limit_fallbacks_total')
    await rateLimiter.take('another client')
    return (await metric('rate_limit_fallbacks_total')) === before
  }, patience('Redis is not used'))
}

const patience = (otherwise: string) => ({ deadlineMs: 50_000, otherwise: () => otherwise })
