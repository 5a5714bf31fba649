// A cache that is gone costs milliseconds and no call, and what was to be forgotten meanwhile is forgotten all the same.

import { Redis } from 'ioredis'
import { createAuthority, openssl } from 'private-servers/authority'
import { memcached, openMemcached } from 'private-servers/memcached'
import type { PrivateServer } from 'private-servers/private-server'
import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Instance, openInstance } from '../../tests/backing/instance.ts'
import { openMiddleman } from './middleman.ts'

/** Far more than CACHE_TIMEOUT_MS, and far less than a client waits. */
const SOON_MS = 1500

const NOT_OFTEN = { name: 'numbers', freshSeconds: 100 }

/** Clients that write to the console would break the log, which is JSON. */
const consoles = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name))
beforeAll(() => {
  for (const spy of consoles) spy.mockClear()
})
afterAll(() => {
  expect(consoles.flatMap((spy) => spy.mock.calls)).toEqual([])
})

/** What makes a Redis refuse a part of what is asked of it. */
const limits: [how: string, limit: (admin: Redis) => Promise<unknown>][] = [
  ['is full', (admin) => admin.config('SET', 'maxmemory', '1mb')],
  ['allows no channel', (admin) => admin.acl('SETUSER', 'default', 'resetchannels')],
]

const READS = 'cache_store_duration_seconds_count{store="redis",operation="get",outcome="ok"}'

/** Memory is never believed, so that each call asks the server; it has more time than a good one takes when all is busy. */
const ASKING = { CACHE_MEMORY_SECONDS: '0', CACHE_TIMEOUT_MS: '200' }

for (const { name, variable, missing, openServer } of [
  { name: 'Redis', variable: 'REDIS_URL', missing: redis.missing(), openServer: openRedis },
  { name: 'Memcached', variable: 'MEMCACHED_URL', missing: memcached.missing(), openServer: openMemcached },
]) {
  describe.skipIf(missing)(name, () => {
    test.each(['kill', 'freeze'] as const)(
      '%s: every call is answered soon, and by the server again later',
      async (fault) => {
        await using server = await openServer()
        await using instance = openInstance({ [variable]: server.url, ...ASKING })
        const { square, calls } = counting(instance)
        await untilShared(instance, square)

        await server[fault]()
        const before = calls()
        const startedMs = performance.now()
        await Promise.all(Array.from({ length: 1000 }, () => square(50)))
        for (let turn = 0; turn < 50; turn++) expect(await square(turn)).toBe(turn ** 2)
        expect(performance.now() - startedMs).toBeLessThan(SOON_MS)
        expect(calls() - before).toBe(51)
        expect(await instance.metric(errorsOf(name))).toBeGreaterThan(0)
        expect(instance.told(`${name} fails`)).toHaveLength(1)

        if (fault === 'freeze') server.thaw()
        else await server.restart()
        await untilShared(instance, square)
        expect(instance.told(`${name} answers again`)).toHaveLength(1)
      },
    )

    test('restarts, empty, one after the other: every call is answered, and nothing old comes back', async () => {
      await using server = await openServer()
      await using instance = openInstance({ [variable]: server.url, ...ASKING })
      let stored = 0
      const read = instance.cached(async () => stored, { ...NOT_OFTEN, name: 'stored' })
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

    test.each(['mute', 'cut'] as const)('a connection that goes %s is given up for another', async (how) => {
      await using server = await openServer()
      await using middleman = await openMiddleman(server.port)
      const url = server.url.replace(String(server.port), String(middleman.port))
      await using instance = openInstance({ [variable]: url, ...ASKING })
      const { square } = counting(instance)
      await untilShared(instance, square)

      middleman.spoil(how)
      expect(await square(7)).toBe(49)

      await untilShared(instance, square)
      expect(instance.told(`${name} answers again`)).toHaveLength(1)
    })

    test('what was forgotten while it was gone is not shown by anybody when it is back', async () => {
      await using server = await openServer()
      await using mine = openInstance({ [variable]: server.url, ...ASKING })
      await using theirs = openInstance({ [variable]: server.url, ...ASKING })
      let stored = 1
      const read = (instance: Instance) => instance.cached(async () => stored, { ...NOT_OFTEN, name: 'stored' })
      const [myRead, theirRead] = [read(mine), read(theirs)]
      await until(async () => (await myRead()) === 1 && (await hitsOf(mine, 'stored')) > 0, patience('no hits'))
      expect(await theirRead()).toBe(1)

      await server.freeze()
      stored = 2
      await myRead.forget()
      expect(await myRead()).toBe(2)
      server.thaw()

      await until(async () => (await theirRead()) === 2, patience('the others still show what was forgotten'))
      expect(await myRead()).toBe(2)
    })

    test('an instance that starts without it takes to it when it comes', async () => {
      await using server = await openServer()
      await server.kill()
      await using instance = openInstance({ [variable]: server.url, ...ASKING })
      const { square } = counting(instance)
      expect(await square(3)).toBe(9)

      await server.restart()

      await untilShared(instance, square)
    })
  })

  function errorsOf(store: string) {
    return `cache_store_duration_seconds_count{store="${store.toLowerCase()}",operation="get",outcome="error"}`
  }
}

describe.skipIf(redis.missing())('Redis alone', () => {
  test.each([
    ['at once', async () => {}],
    ['at once again after a restart', (server: PrivateServer) => server.restart()],
  ])('what one instance forgets, others forget %s', async (_when, prepare) => {
    await using server = await openRedis()
    const env = { REDIS_URL: server.url, CACHE_MEMORY_SECONDS: '1000' }
    await using mine = openInstance(env)
    await using theirs = openInstance(env)
    let stored = 0
    const read = (instance: Instance) => instance.cached(async () => stored, NOT_OFTEN)
    const [myRead, theirRead] = [read(mine), read(theirs)]
    await until(async () => (await myRead.forget()) ?? ((await theirRead()) === stored && ++stored > 5), patience('…'))
    await prepare(server)

    for (stored = 10; stored < 20; stored++) {
      await theirRead()
      await myRead.forget()
      await until(async () => (await theirRead()) === stored, patience('old'))
    }
  })

  test.each(limits)(
    'by a Redis that %s, others learn of what is forgotten within CACHE_MEMORY_SECONDS',
    async (_how, limit) => {
      await using server = await openRedis()
      const admin = new Redis(server.url)
      await using mine = openInstance({ REDIS_URL: server.url })
      await using theirs = openInstance({ REDIS_URL: server.url })
      let stored = 'old'
      const read = (instance: Instance) => instance.cached(async () => stored, NOT_OFTEN)
      const [myRead, theirRead] = [read(mine), read(theirs)]
      await until(async () => (await myRead()) === 'old' && (await hitsOf(mine, 'numbers')) > 0, patience('no hits'))
      expect(await theirRead()).toBe('old')

      await limit(admin)
      await admin.quit()
      stored = 'new'
      await myRead.forget()

      await until(async () => (await theirRead()) === 'new', patience('the others still show what was forgotten'))
      expect(await myRead()).toBe('new')
    },
  )

  test('what Redis keeps over a restart is still cached', async () => {
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
    'TLS is spoken where the authority is known, and refused where it is not',
    async () => {
      await using authority = await createAuthority()
      await using server = await openRedis({ tls: authority, password: 'marker' })
      const bound = (credentials: object) => ({
        VCAP_SERVICES: JSON.stringify({ redis: [{ name: 'cache', label: 'redis', tags: ['redis'], credentials }] }),
      })
      const { ca, ...unknown } = server.credentials
      await using trusting = openInstance(bound({ ...unknown, ca }))
      await using wary = openInstance(bound(unknown))
      const [trusted, refused] = [counting(trusting), counting(wary)]

      expect(await trusted.square(7)).toBe(49)
      expect(await trusting.metric(READS)).toBe(1)
      expect(await refused.square(7)).toBe(49)

      expect(trusting.told('Redis fails')).toEqual([])
      await until(() => wary.told('Redis fails').length > 0, patience('nothing was logged'))
      expect(wary.told('Redis fails')[0]!.reason).toMatch(/certificate/)
      expect(JSON.stringify(wary.told('Redis fails'))).not.toContain('marker')
    },
  )

  test('a wrong password costs no call, and is told once without being shown', async () => {
    await using server = await openRedis({ password: 'right' })
    await using instance = openInstance({ REDIS_URL: server.url.replace('right', 'marker'), ...ASKING })
    const { square } = counting(instance)

    for (let turn = 0; turn < 20; turn++) expect(await square(turn)).toBe(turn ** 2)

    await until(() => instance.told('Redis fails').length > 0, patience('nothing was logged'))
    expect(JSON.stringify(instance.told('Redis fails'))).not.toContain('marker')
  })
})

describe.skipIf(memcached.missing())('Memcached alone', () => {
  test('keys are spread over all servers, and one that is gone takes only its own', async () => {
    await using one = await openMemcached()
    await using other = await openMemcached()
    const addresses = [one, other].map(({ host, port }) => `${host}:${port}`)
    const env = { MEMCACHED_URL: `memcached://${addresses.join(',')}`, CACHE_MEMORY_SECONDS: '0' }
    await using instance = openInstance(env)
    const { square, calls } = counting(instance)
    for (let turn = 0; turn < 20; turn++) await square(turn)
    for (let turn = 0; turn < 20; turn++) await square(turn)
    expect(calls()).toBe(20)

    await other.kill()

    for (let turn = 0; turn < 20; turn++) expect(await square(turn)).toBe(turn ** 2)
  })

  test('a value that is too large for it is not cached, and does no harm', async () => {
    await using server = await openMemcached()
    await using instance = openInstance({ MEMCACHED_URL: server.url, CACHE_MEMORY_SECONDS: '0' })
    const large = instance.cached(async () => 'x'.repeat(2_000_000), NOT_OFTEN)

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
  }, NOT_OFTEN)
  return { square, calls: () => calls }
}

const hitsOf = (instance: Instance, cache: string) =>
  instance.metric(`cache_requests_total{cache="tests_${cache}",outcome="hit"}`)

/** Until a result has come from the server. */
async function untilShared(instance: Instance, square: (number: number) => Promise<number>) {
  const before = await hitsOf(instance, 'numbers')
  await until(async () => {
    await square(7)
    return (await hitsOf(instance, 'numbers')) > before
  }, patience('no hits'))
}

const patience = (otherwise: string) => ({ deadlineMs: 10_000, otherwise: () => otherwise })
