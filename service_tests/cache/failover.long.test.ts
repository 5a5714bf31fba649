// Failovers of Redis: all connections, also those that are idle, are to the new primary soon. And cluster mode.

import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { PrivateServer } from 'private-servers/private-server'
import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { describe, expect, test } from 'vitest'
import { type Instance, openInstance } from '../../tests/backing/fixtures/instance.ts'
import { openFaultProxy } from './fixtures/fault-proxy.ts'

const OPTIONS = { name: 'numbers', freshSeconds: 1000 }

/** Without messages, an invalidation would take longer than the test to be seen by other instances. */
const ENV = { CACHE_MEMORY_SECONDS: '1000', RATE_LIMIT_PER_MINUTE: '1000000', KEY_PREFIX: 'service' }

/** Several reconnections with the longest backoff. */
const SEVERAL_ATTEMPTS_MS = 8000

type Switch = (servers: { old: Admin; next: Admin; foreign: Admin }, leadToNext: () => void) => Promise<unknown>

const switches: [how: string, failOver: Switch][] = [
  [
    'the replica is promoted, the address leads to it, and the old primary becomes its replica',
    async ({ old, next }, leadToNext) => {
      await next.replicaof('NO', 'ONE')
      leadToNext()
      await old.replicaof(next.host, next.port)
    },
  ],
  [
    'FAILOVER swaps the roles, and the address follows',
    async ({ old, next }, leadToNext) => {
      await old.call('FAILOVER')
      await until(async () => (await roleOf(next)) === 'master', patience('the replica is not promoted'))
      leadToNext()
    },
  ],
  [
    'the old primary becomes a replica of a server that these instances do not use',
    async ({ old, next, foreign }, leadToNext) => {
      await next.replicaof('NO', 'ONE')
      leadToNext()
      await old.replicaof(foreign.host, foreign.port)
    },
  ],
]

describe.skipIf(redis.missing())('Redis', () => {
  test.each(switches)('after a failover all instances use the new primary: %s', async (_how, failOver) => {
    await using old = await openAdmin()
    await using next = await openAdmin()
    await using foreign = await openAdmin()
    await next.replicaof(old.host, old.port)
    await until(async () => /master_link_status:up/.test(await next.info('replication')), patience('no replication'))
    await using proxy = await openFaultProxy(old.port)
    const env = { ...ENV, REDIS_URL: `redis://127.0.0.1:${proxy.port}` }
    await using mine = openInstance(env)
    await using theirs = openInstance(env)
    const untilShared = openShared(mine, theirs)
    await untilShared()
    expect(await subscribersOf(old)).toBe(2)

    await failOver({ old, next, foreign }, () => proxy.leadTo(next.port))

    // No command is sent meanwhile.
    await until(async () => (await subscribersOf(next)) === 2, patience('subscribers have not moved'))
    expect(await subscribersOf(old)).toBe(0)
    await untilShared()
    expect(Number(await next.get('service:tests:visits'))).toBe(4)
    expect(await next.exists('service:limit:client')).toBe(1)
    for (const instance of [mine, theirs]) {
      await until(() => instance.logged('Redis answers again').length > 0, patience('its end is not logged'))
      expect(instance.logged('Redis fails')).toHaveLength(1)
    }
  })

  test('an instance that only writes moves with its first error reply', async () => {
    await using old = await openAdmin()
    await using next = await openAdmin()
    await using proxy = await openFaultProxy(old.port)
    await using instance = openInstance({ ...ENV, REDIS_URL: `redis://127.0.0.1:${proxy.port}` })
    await untilCounted(instance)

    proxy.leadTo(next.port)
    await old.replicaof(next.host, next.port)

    await until(async () => {
      await instance.rateLimiter.take('client')
      return (await next.exists('service:limit:client')) === 1
    }, patience('the rate limit has not moved'))
    expect(instance.logged('Redis fails')[0]?.reason).toMatch(/READONLY|read-only/)
  })

  test('a role that changes in place and back is one outage, in which no call fails', async () => {
    await using server = await openAdmin()
    await using other = await openAdmin()
    await using mine = openInstance({ ...ENV, REDIS_URL: server.url })
    await using theirs = openInstance({ ...ENV, REDIS_URL: server.url })
    const untilShared = openShared(mine, theirs)
    await untilShared()

    await server.replicaof(other.host, other.port)
    await until(() => mine.logged('Redis fails').length > 0, patience('nothing is logged'))
    const endMs = performance.now() + SEVERAL_ATTEMPTS_MS
    while (performance.now() < endMs) {
      await mine.rateLimiter.take('client')
      await sleep(100)
    }
    await server.replicaof('NO', 'ONE')

    await until(async () => (await subscribersOf(server)) === 2, patience('subscribers have not come back'))
    await untilShared()
    await until(() => mine.logged('Redis answers again').length > 0, patience('its end is not logged'))
    expect(mine.logged('Redis fails')).toHaveLength(1)
    expect(mine.logged('Redis answers again')).toHaveLength(1)
  })

  test('of several hosts, the one that is the primary is used', async () => {
    await using primary = await openAdmin()
    await using replica = await openAdmin()
    await replica.replicaof(primary.host, primary.port)
    const hosts = ['127.0.0.1:1', `127.0.0.1:${replica.port}`, `127.0.0.1:${primary.port}`]
    await using mine = openInstance({ ...ENV, REDIS_URL: `redis://${hosts.join(',')}` })
    await using theirs = openInstance({ ...ENV, REDIS_URL: `redis://${hosts.join(',')}` })

    await openShared(mine, theirs)()

    expect(await subscribersOf(primary)).toBe(2)
    expect(await subscribersOf(replica)).toBe(0)
  })

  test('in cluster mode with one shard, everything is shared, and no error reply is logged', async () => {
    await using server = await openAdmin({ cluster: true })
    await server.cluster('ADDSLOTSRANGE', 0, 16383)
    await until(async () => /cluster_state:ok/.test(await server.cluster('INFO')), patience('no cluster'))
    await using mine = openInstance({ ...ENV, REDIS_URL: server.url })
    await using theirs = openInstance({ ...ENV, REDIS_URL: server.url })

    await openShared(mine, theirs)()
    const read = mine.cached(async () => 1, { ...OPTIONS, name: 'shared' })
    const readTheirs = theirs.cached(async () => 2, { ...OPTIONS, name: 'shared' })

    expect([await read(), await readTheirs()]).toEqual([1, 1])
    expect([mine, theirs].flatMap((instance) => instance.logged('Redis fails'))).toEqual([])
  })

  test('a cluster of several shards is refused in one sentence, once, and no call fails', async () => {
    await using one = await openAdmin({ cluster: true })
    await using other = await openAdmin({ cluster: true })
    await one.cluster('ADDSLOTSRANGE', 0, 8191)
    await other.cluster('ADDSLOTSRANGE', 8192, 16383)
    await one.cluster('MEET', other.host, other.port)
    await until(async () => /cluster_size:2/.test(await one.cluster('INFO')), patience('no cluster'))
    await using instance = openInstance({ ...ENV, REDIS_URL: one.url })
    const square = instance.cached(async (number: number) => number ** 2, OPTIONS)

    const endMs = performance.now() + SEVERAL_ATTEMPTS_MS
    for (let turn = 0; performance.now() < endMs; turn++) {
      expect(await square(turn)).toBe(turn ** 2)
      await instance.rateLimiter.take('client')
      await sleep(100)
    }

    expect(instance.logged('Redis fails')).toHaveLength(1)
    expect(instance.logged('Redis fails')[0]!.reason).toMatch(/several shards, which is not supported: bind/)
    expect(instance.logged('Redis answers again')).toEqual([])
  })
})

type Admin = Redis & Pick<PrivateServer, 'host' | 'port' | 'url'> & AsyncDisposable

async function openAdmin(options: Parameters<typeof openRedis>[0] = {}): Promise<Admin> {
  await using opening = new AsyncDisposableStack()
  const server = opening.use(await openRedis(options))
  const client = new Redis(server.url)
  const { host, port, url } = server
  opening.move()
  return Object.assign(
    client,
    { host, port, url },
    {
      async [Symbol.asyncDispose]() {
        client.disconnect()
        await server[Symbol.asyncDispose]()
      },
    },
  )
}

const roleOf = async (server: Redis) => ((await server.call('ROLE')) as string[])[0]

const subscribersOf = async (server: Redis) =>
  ((await server.pubsub('NUMSUB', 'service:forgotten')) as [string, number])[1]

/** @returns what waits until these instances share counters, the rate limit and invalidations; it adds two visits */
function openShared(mine: Instance, theirs: Instance) {
  let stored = 0
  const cachedOf = (instance: Instance) => instance.cached(async () => stored, OPTIONS)
  const [read, readTheirs] = [cachedOf(mine), cachedOf(theirs)]

  return async function untilShared() {
    await untilCounted(mine)
    await untilCounted(theirs)
    const before = await theirs.counter('visits').total()
    mine.counter('visits').add(2)
    await until(async () => {
      await mine.counter('visits').total()
      return (await theirs.counter('visits').total()) >= before + 2
    }, patience('the counter is not shared'))
    for (let turn = 0; turn < 3; turn++) {
      await readTheirs()
      stored += 1
      await read.forget()
      await until(async () => (await readTheirs()) === stored, patience('an invalidation does not arrive'))
    }
  }
}

/** Until a request is counted in Redis. */
async function untilCounted({ rateLimiter, metric }: Instance) {
  return await until(async () => {
    const before = await metric('rate_limit_fallbacks_total')
    await rateLimiter.take('client')
    return (await metric('rate_limit_fallbacks_total')) === before
  }, patience('Redis does not count'))
}

const patience = (otherwise: string) => ({ deadlineMs: 50_000, otherwise: () => otherwise })
