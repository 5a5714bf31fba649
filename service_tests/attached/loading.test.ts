// Nothing is paid for what no feature uses: clients of databases and caches are loaded when they are needed, not when
// they are bound.

import { expect, test } from 'vitest'
import { runService, type Service, startFixture } from '../service.ts'
import { BACKING_PACKAGES, noteLoadedPackages } from './loaded-packages.ts'

/** Nobody is there; nobody asks either. */
const bound = {
  DATABASE_URL: 'postgres://service:secret@127.0.0.1:1/service',
  REDIS_URL: 'redis://127.0.0.1:1',
  MEMCACHED_URL: 'memcached://127.0.0.1:1',
}

test('a service whose features need no database and no cache loads no client, whatever is bound', async () => {
  using loaded = noteLoadedPackages()

  await duringService({ ...bound, ...loaded.env }, askForAll)

  expect(loaded.read()).toContain('express')
  expect(loaded.read().filter((name) => BACKING_PACKAGES.includes(name))).toEqual([])
})

test('a rate limit over a Redis that is bound loads the client of Redis alone', async () => {
  using loaded = noteLoadedPackages()

  await duringService({ ...bound, ...loaded.env, RATE_LIMIT_PER_MINUTE: '60' }, askForAll)

  expect(loaded.read().filter((name) => BACKING_PACKAGES.includes(name))).toEqual(['ioredis'])
})

test('whoever migrates limits nobody, and leaves Redis alone', async () => {
  using loaded = noteLoadedPackages()
  const env = { ...loaded.env, REDIS_URL: bound.REDIS_URL, RATE_LIMIT_PER_MINUTE: '60' }

  const { code } = await runService({ args: 'migrate', env })

  expect(code).toBe(0)
  expect(loaded.read()).not.toContain('ioredis')
})

async function askForAll(service: Service) {
  await Promise.all(['/info', '/health/ready', '/metrics', '/docs/'].map((path) => service.fetch(path)))
}

async function duringService(env: Record<string, string>, act: (service: Service) => Promise<unknown>) {
  await using service = await startFixture({ env })
  await act(service)
}
