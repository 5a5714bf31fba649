// A shared cache that is down costs milliseconds and fails no call, and invalidations made meanwhile still take effect.

import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { createAuthority, openssl } from 'private-servers/authority'
import { memcached, openMemcached } from 'private-servers/memcached'
import type { PrivateServer } from 'private-servers/private-server'
import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Instance, openInstance } from '../../tests/backing/fixtures/instance.ts'
import { openFaultProxy } from './fixtures/fault-proxy.ts'

/** By then, the server has replied to connections that were closed. */
const SETTLED_MS = 500

const OPTIONS = { name: 'numbers', freshSeconds: 100 }

/** So many that each of three servers has about a third of the entries. */
const CALLS = 120

/** A client library that writes to the console would break the log, whose lines are JSON. */
const consoles = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name))
beforeAll(() => {
  for (const spy of consoles) spy.mockClear()
})
afterAll(() => {
  expect(consoles.flatMap((spy) => spy.mock.calls)).toEqual([])
})

/** Restrictions that make a Redis refuse some commands. */
const limits: [how: string, limit: (admin: Redis) => Promise<unknown>][] = [
  ['is full', (admin) => admin.config('SET', 'maxmemory', '1mb')],
  ['allows no channel', (admin) => admin.acl('SETUSER', 'default', 'resetchannels')],
]

const READS = 'cache_store_duration_seconds_count{store="redis",operation="get",outcome="ok"}'

/** Every call reads the server. The time limit is short, because it is waited for in full while a server is frozen. */
const UNCACHED = { CACHE_MEMORY_SECONDS: '0', CACHE_TIMEOUT_MS: '200' }

for (const { name, variable, missing, openServer } of [
  { name: 'Redis', variable: 'REDIS_URL', missing: redis.missing(), openServer: openRedis },
  { name: 'Memcached', variable: 'MEMCACHED_URL', missing: memcached.missing(), openServer: openMemcached },
]) {
  describe.skipIf(missing)(name, () => {
    test.each(['kill', 'freeze'] as const)(
      '%s: no call fails, the server is probed once a second at most, and used again after its recovery',
      async (fault) => {
        await using server = await openServer()
        await using instance = openInstance({ [variable]: server.url, ...UNCACHED })
        const { square, calls } = counting(instance)
        await untilShared(instance, square)

        await server[fault]()
        const before = calls()
        const errorsBefore = await storeErrors(instance, name)
        const startedMs = performance.now()
        await Promise.all(Array.from({ length: 1000 }, () => square(50)))
        for (let turn = 0; turn < 50; turn++) expect(await square(turn)).toBe(turn ** 2)
        const seconds = (performance.now() - startedMs) / 1000
        const errors = (await storeErrors(instance, name)) - errorsBefore
        expect(calls() - before).toBe(51)
        expect(errors).toBeGreaterThan(0)
        expect(errors).toBeLessThanOrEqual(1 + seconds)
        expect(instance.logged(`${name} fails`)).toHaveLength(1)

        if (fault === 'freeze') server.thaw()
        else await server.restart()
        await untilShared(instance, square)
        await until(() => instance.logged(`${name} answers again`).length > 0, patience('its end is not logged'))
        expect(instance.logged(`${name} fails`)).toHaveLength(1)
      },
    )

    test('after each of several restarts without data no call fails, and no old result comes back', async () => {
      await using server = await openServer()
      await using instance = openInstance({ [variable]: server.url, ...UNCACHED })
      let stored = 0
      const read = instance.cached(async () => stored, { ...OPTIONS, name: 'stored' })
      const { square } = counting(instance)
      await untilShared(instance, square)

      for (stored = 1; stored <= 3; stored++) {
        await read.forget()
        expect(await read()).toBe(stored)
        await server.restart()
        expect(await read()).toBe(stored)
        await untilShared(instance, square)
        expect(await read()).toBe(stored)
      }
    })

    test.each(['mute', 'cut'] as const)('a connection that is %s is replaced by a new one', async (how) => {
      await using server = await openServer()
      await using proxy = await openFaultProxy(server.port)
      const url = server.url.replace(String(server.port), String(proxy.port))
      await using instance = openInstance({ [variable]: url, ...UNCACHED })
      const { square } = counting(instance)
      await untilShared(instance, square)

      proxy.breakConnections(how)
      expect(await square(7)).toBe(49)

      await untilShared(instance, square)
      await until(() => instance.logged(`${name} answers again`).length > 0, patience('its end is not logged'))
    })

    test('a result that was invalidated during an outage is returned by no instance after it', async () => {
      await using server = await openServer()
      await using mine = openInstance({ [variable]: server.url, ...UNCACHED })
      await using theirs = openInstance({ [variable]: server.url, ...UNCACHED })
      let stored = 1
      const read = (instance: Instance) => instance.cached(async () => stored, { ...OPTIONS, name: 'stored' })
      const [myRead, theirRead] = [read(mine), read(theirs)]
      await until(async () => (await myRead()) === 1 && (await hitsOf(mine, 'stored')) > 0, patience('no hits'))
      expect(await theirRead()).toBe(1)

      await server.freeze()
      stored = 2
      await myRead.forget()
      expect(await myRead()).toBe(2)
      server.thaw()

      await until(async () => (await theirRead()) === 2, patience('the other instance still returns the old result'))
      expect(await myRead()).toBe(2)
    })

    test('an instance that starts without the server uses it once it is up', async () => {
      await using server = await openServer()
      await server.kill()
      await using instance = openInstance({ [variable]: server.url, ...UNCACHED })
      const { square } = counting(instance)
      expect(await square(3)).toBe(9)

      await server.restart()

      await untilShared(instance, square)
    })
  })
}

describe.skipIf(redis.missing())('Redis only', () => {
  test.each([
    ['at once', async () => {}],
    ['at once again after a restart', (server: PrivateServer) => server.restart()],
  ])('an invalidation by one instance takes effect in others %s', async (_when, prepare) => {
    await using server = await openRedis()
    const env = { REDIS_URL: server.url, CACHE_MEMORY_SECONDS: '1000' }
    await using mine = openInstance(env)
    await using theirs = openInstance(env)
    let stored = 0
    const read = (instance: Instance) => instance.cached(async () => stored, OPTIONS)
    const [myRead, theirRead] = [read(mine), read(theirs)]
    await until(
      async () => (await myRead.forget()) ?? ((await theirRead()) === stored && ++stored > 5),
      patience('no invalidation arrived'),
    )
    await prepare(server)

    for (stored = 10; stored < 20; stored++) {
      await theirRead()
      await myRead.forget()
      await until(
        async () => (await theirRead()) === stored,
        patience('the other instance still returns the old result'),
      )
    }
  })

  test.each(limits)(
    'with a Redis that %s, invalidations take effect in others within CACHE_MEMORY_SECONDS',
    async (_how, limit) => {
      await using server = await openRedis()
      const admin = new Redis(server.url)
      await using mine = openInstance({ REDIS_URL: server.url })
      await using theirs = openInstance({ REDIS_URL: server.url })
      let stored = 'old'
      const read = (instance: Instance) => instance.cached(async () => stored, OPTIONS)
      const [myRead, theirRead] = [read(mine), read(theirs)]
      await until(async () => (await myRead()) === 'old' && (await hitsOf(mine, 'numbers')) > 0, patience('no hits'))
      expect(await theirRead()).toBe('old')

      await limit(admin)
      await admin.quit()
      stored = 'new'
      await myRead.forget()

      await until(
        async () => (await theirRead()) === 'new',
        patience('the other instance still returns the old result'),
      )
      expect(await myRead()).toBe('new')
    },
  )

  test('entries that Redis persists are still cached after its restart', async () => {
    await using server = await openRedis({ appendonly: true })
    const env = { REDIS_URL: server.url }
    {
      await using before = openInstance(env)
      await counting(before).square(7)
    }

    await server.restart()

    await using after = openInstance(env)
    const { square, calls } = counting(after)
    expect(await square(7)).toBe(49)
    expect(calls()).toBe(0)
  })

  test.skipIf(openssl.missing())(
    'a TLS connection is made where the authority is trusted, and refused where it is not',
    async () => {
      await using authority = await createAuthority()
      await using server = await openRedis({ tls: authority, password: 'marker' })
      const bound = (credentials: object) => ({
        VCAP_SERVICES: JSON.stringify({ redis: [{ name: 'cache', label: 'redis', tags: ['redis'], credentials }] }),
      })
      const { ca, ...unknown } = server.credentials
      await using trusting = openInstance(bound({ ...unknown, ca }))
      await using distrusting = openInstance(bound(unknown))
      const [trusted, refused] = [counting(trusting), counting(distrusting)]

      expect(await trusted.square(7)).toBe(49)
      expect(await trusting.metric(READS)).toBe(1)
      expect(await refused.square(7)).toBe(49)

      expect(trusting.logged('Redis fails')).toEqual([])
      await until(() => distrusting.logged('Redis fails').length > 0, patience('nothing was logged'))
      expect(distrusting.logged('Redis fails')[0]!.reason).toMatch(/certificate/)
      expect(JSON.stringify(distrusting.logged('Redis fails'))).not.toContain('marker')
    },
  )

  test.skipIf(openssl.missing())('closing a connection during its TLS handshake raises no uncaught error', async () => {
    await using authority = await createAuthority()
    await using server = await openRedis({ tls: authority })

    // At one of these moments the handshake is under way.
    for (let turn = 0; turn < 100; turn++) {
      await using instance = openInstance({ REDIS_URL: server.url })
      instance.cached(async () => 1, OPTIONS)
      await sleep(turn % 20)
    }

    // Vitest fails a run in which an error was not caught.
    await sleep(SETTLED_MS)
  })

  test('a wrong password fails no call, and is logged once without the password', async () => {
    await using server = await openRedis({ password: 'right' })
    await using instance = openInstance({ REDIS_URL: server.url.replace('right', 'marker'), ...UNCACHED })
    const { square } = counting(instance)

    for (let turn = 0; turn < 20; turn++) expect(await square(turn)).toBe(turn ** 2)

    await until(() => instance.logged('Redis fails').length > 0, patience('nothing was logged'))
    expect(JSON.stringify(instance.logged('Redis fails'))).not.toContain('marker')
  })
})

describe.skipIf(memcached.missing())('Memcached only', () => {
  test.each(['kill', 'freeze'] as const)(
    'of three servers, one to which this happened takes only its third of the hits, and no old result comes back: %s',
    async (fault) => {
      await using one = await openMemcached()
      await using two = await openMemcached()
      await using three = await openMemcached()
      const addresses = [one, two, three].map(({ host, port }) => `${host}:${port}`)
      const env = { ...UNCACHED, MEMCACHED_URL: `memcached://${addresses.join(',')}` }
      await using instance = openInstance(env)
      await using other = openInstance(env)
      let version = 1
      const read = instance.cached(async (number: number) => `${number} ${version}`, OPTIONS)
      const readOther = other.cached(async (number: number) => `${number} ${version}`, OPTIONS)
      const readAll = async (numbers: typeof read) => {
        const before = await hitsOf(instance, 'numbers')
        for (let number = 0; number < CALLS; number++) expect(await numbers(number)).toBe(`${number} ${version}`)
        return ((await hitsOf(instance, 'numbers')) - before) / CALLS
      }
      await until(async () => (await readAll(read)) === 1, patience('not all calls hit'))

      await two[fault]()
      const hits = [await readAll(read), await readAll(read)]
      version = 2
      await read.forget()
      const missed = await readAll(read)
      await readAll(readOther)
      const hitsAfterInvalidation = await readAll(read)

      for (const share of [...hits, hitsAfterInvalidation]) expect(share).toBeGreaterThanOrEqual(0.6)
      for (const share of [...hits, hitsAfterInvalidation]) expect(share).toBeLessThan(1)
      expect(missed).toBe(0)
      expect(instance.logged(`Memcached at ${two.host}:${two.port} fails`)).toHaveLength(1)

      if (fault === 'freeze') two.thaw()
      else await two.restart()
      await until(async () => (await readAll(read)) === 1, patience('not all calls hit again'))
      await readAll(readOther)
    },
  )

  test('a value that is too large for Memcached is not cached, and is not an error', async () => {
    await using server = await openMemcached()
    await using instance = openInstance({ MEMCACHED_URL: server.url, CACHE_MEMORY_SECONDS: '0' })
    const large = instance.cached(async () => 'x'.repeat(2_000_000), OPTIONS)

    expect([(await large()).length, (await large()).length]).toEqual([2_000_000, 2_000_000])
    expect(
      await instance.metric('cache_store_duration_seconds_count{store="memcached",operation="set",outcome="error"}'),
    ).toBe(0)
  })
})

function counting(instance: Instance) {
  let calls = 0
  const square = instance.cached(async (number: number) => {
    calls++
    return number ** 2
  }, OPTIONS)
  return { square, calls: () => calls }
}

const hitsOf = (instance: Instance, cache: string) =>
  instance.metric(`cache_requests_total{cache="tests_${cache}",outcome="hit"}`)

/** Waits until a result has come from the server. */
async function untilShared(instance: Instance, square: (number: number) => Promise<number>) {
  const before = await hitsOf(instance, 'numbers')
  await until(async () => {
    await square(7)
    return (await hitsOf(instance, 'numbers')) > before
  }, patience('no hits'))
}

/** Failed operations of the store behind the memory. */
async function storeErrors(instance: Instance, name: string): Promise<number> {
  const store = name.toLowerCase()
  const errorsOf = (operation: string) =>
    instance.metric(`cache_store_duration_seconds_count{store="${store}",operation="${operation}",outcome="error"}`)
  const errors = await Promise.all(['get', 'set', 'forget'].map(errorsOf))
  return errors.reduce((sum, each) => sum + each)
}

const patience = (otherwise: string) => ({ deadlineMs: 50_000, otherwise: () => otherwise })
