import type { RedisPort } from '../redis.ts'
import { storeKey } from './key.ts'
import type { CacheStore } from './store.ts'

/** @param prefix what every key begins with */
export function createRedisStore(redis: RedisPort, prefix: string): CacheStore {
  const channel = `${prefix}:forgotten`
  // Connecting takes longer than a command may, so it begins before the first one.
  redis.open().catch(() => {})

  return {
    name: 'redis',

    async read(scope, key) {
      const [generation, entry] = await (await redis.open()).mget(storeKey(scope), storeKey(key))
      return { generation: generation ?? undefined, entry: entry ?? undefined }
    },

    async write(key, entry, ttlMs) {
      await (await redis.open()).set(storeKey(key), entry, 'PX', ttlMs)
    },

    async begin(scope, generation) {
      await (await redis.open()).set(storeKey(scope), generation, 'NX')
    },

    async replace(scope, generation) {
      const client = await redis.open()
      const replies = await client
        .multi()
        .set(storeKey(scope), generation)
        .publish(channel, JSON.stringify([scope, generation]))
        .exec()
      const failed = replies?.find(([error]) => error)?.[0]
      if (failed) throw failed
    },

    async listen({ replaced, resumed }) {
      const client = await redis.openListener()
      client.on('message', (_channel: string, message: string) => {
        const [scope, generation] = JSON.parse(message)
        replaced(scope, generation)
      })
      const subscribe = () => client.subscribe(channel).then(resumed, () => {})
      client.on('ready', subscribe)
      if (client.status === 'ready') await subscribe()
    },

    close: async () => {},
  }
}
