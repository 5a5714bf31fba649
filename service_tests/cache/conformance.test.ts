// The conformance suite of the cache against real servers; tests/backing/cache runs it against the embedded stores.

import { memcached, openMemcached } from 'private-servers/memcached'
import type { PrivateServer } from 'private-servers/private-server'
import { openRedis, redis } from 'private-servers/redis'
import { afterAll } from 'vitest'
import { testConformance } from '../../tests/backing/cache/conformance.ts'

const opened: Promise<PrivateServer>[] = []
afterAll(async () => {
  for (const server of opened) await (await server)[Symbol.asyncDispose]()
})

let worlds = 0

for (const { name, variable, missing, openServer } of [
  { name: 'redis', variable: 'REDIS_URL', missing: redis.missing(), openServer: openRedis },
  { name: 'memcached', variable: 'MEMCACHED_URL', missing: memcached.missing(), openServer: openMemcached },
]) {
  let server: Promise<PrivateServer> | undefined

  testConformance({
    name,
    missing,
    isShared: true,
    async open() {
      server ??= openServer()
      if (!opened.includes(server)) opened.push(server)
      const { url } = await server
      // The prefix is unique, so the cache is empty.
      return { env: { [variable]: url, KEY_PREFIX: `world-${++worlds}` }, [Symbol.asyncDispose]: async () => {} }
    },
  })
}
