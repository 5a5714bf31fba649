// One suite for all caches: here against real servers, and in tests/backing/cache against what is embedded.

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
      // Nobody else has keys with this prefix, so it is as good as an empty one.
      return { env: { [variable]: url, KEY_PREFIX: `world-${++worlds}` }, [Symbol.asyncDispose]: async () => {} }
    },
  })
}
