// Clients of databases and caches are loaded when a feature uses them, not when they are bound.

import { expect, test } from 'vitest'
import { runService, type Service, startFixture } from '../service.ts'
import { BACKING_PACKAGES, noteLoadedPackages } from './fixtures/loaded-packages.ts'

/** Nothing listens at these addresses; nothing connects to them either. */
const bound = {
  DATABASE_URL: 'postgres://service:secret@127.0.0.1:1/service',
  REDIS_URL: 'redis://127.0.0.1:1',
  MEMCACHED_URL: 'memcached://127.0.0.1:1',
}

test('a service whose features use no database and no cache loads none of the clients, whatever is bound', async () => {
  using loaded = noteLoadedPackages()

  await duringService({ ...bound, ...loaded.env }, requestAll)

  expect(loaded.read()).toContain('express')
  expect(loaded.read().filter((name) => BACKING_PACKAGES.includes(name))).toEqual([])
})

test('a rate limit with a bound Redis loads the Redis client and no other', async () => {
  using loaded = noteLoadedPackages()

  await duringService({ ...bound, ...loaded.env, RATE_LIMIT_PER_MINUTE: '60' }, requestAll)

  expect(loaded.read().filter((name) => BACKING_PACKAGES.includes(name))).toEqual(['ioredis'])
})

test('migrate does not load the Redis client, even with a rate limit', async () => {
  using loaded = noteLoadedPackages()
  const env = { ...loaded.env, REDIS_URL: bound.REDIS_URL, RATE_LIMIT_PER_MINUTE: '60' }

  const { code } = await runService({ args: 'migrate', env })

  expect(code).toBe(0)
  expect(loaded.read()).not.toContain('ioredis')
})

async function requestAll(service: Service) {
  await Promise.all(['/info', '/health/ready', '/metrics', '/docs/'].map((path) => service.fetch(path)))
}

async function duringService(env: Record<string, string>, act: (service: Service) => Promise<unknown>) {
  await using service = await startFixture({ env })
  await act(service)
}
