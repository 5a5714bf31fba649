import { randomUUID } from 'node:crypto'
import type { OutageLog } from '../outage-log.ts'
import type { RedisPort } from '../redis.ts'
import type { CacheStore } from './store.ts'

/**
 * @param prefix what the channel begins with, on which instances tell each other what they forget
 * @param outages told where nobody may listen to it
 */
export function createRedisStore(redis: RedisPort, prefix: string, outages: OutageLog): CacheStore {
  const channel = `${prefix}:forgotten`
  const sender = randomUUID()
  // Connecting takes longer than a command may, so it begins before the first one.
  redis.open().catch(() => {})

  return {
    name: 'redis',
    pause: redis.pause,

    async read(scope, key) {
      const [generation, entry] = await (await redis.open()).mget(scope, key)
      return { generation: generation ?? undefined, entry: entry ?? undefined }
    },

    async write(key, entry, ttlMs) {
      await (await redis.open()).set(key, entry, 'PX', ttlMs)
    },

    async begin(scope, generation) {
      return (await (await redis.open()).set(scope, generation, 'NX')) === 'OK'
    },

    async replace(scope, generation) {
      const client = await redis.open()
      const replies = await client.multi().set(scope, generation).publish(channel, `${sender} ${scope}`).exec()
      for (const [error] of replies ?? []) if (error) throw error
    },

    async listen({ replaced, resumed }) {
      const client = await redis.openListener()
      client.on('message', (_channel: string, message: string) => {
        const [from, scope = ''] = message.split(' ')
        if (from !== sender) replaced(scope)
      })
      const subscribe = () => client.subscribe(channel).then(resumed, outages.failed)
      client.on('ready', subscribe)
      if (client.status === 'ready') await subscribe()
    },

    close: async () => {},
  }
}
