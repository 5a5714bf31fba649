import { randomUUID } from 'node:crypto'
import type { OutageLog } from '../outage-log.ts'
import { isReply, type RedisPort } from '../redis.ts'
import type { CacheStore } from './store.ts'

/** Told where a Redis does not allow the channel on which instances tell each other what they forget. */
export interface ChannelOutages {
  listening: OutageLog
  telling: OutageLog
}

/** @param prefix what the channel begins with */
export function createRedisStore(redis: RedisPort, prefix: string, outages: ChannelOutages): CacheStore {
  const channel = `${prefix}:forgotten`
  const sender = randomUUID()
  // Connecting takes longer than a command may, so it begins before the first one.
  redis.open().catch(() => {})

  return {
    name: 'redis',
    breaker: redis.breaker,

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
      // A Redis that is full takes nothing, but gives up what it has: without a generation, no entry is worth anything.
      const replaced = client.set(scope, generation).catch(() => client.unlink(scope))
      // Apart from it: where the channel is not allowed, others learn of it when they next ask.
      client.publish(channel, `${sender} ${scope}`).then(outages.telling.answered, refused)
      await replaced
    },

    async listen({ replaced, resumed }) {
      const client = await redis.openListener()
      client.on('message', (_channel: string, message: string) => {
        const [from, scope = ''] = message.split(' ')
        if (from !== sender) replaced(scope)
      })
      const subscribe = () => client.subscribe(channel).then(resumed, outages.listening.failed)
      client.on('ready', subscribe)
      if (client.status === 'ready') await subscribe()
    },

    close: async () => {},
  }

  /** That the connection is lost is told by whoever waits for an answer. */
  function refused(error: Error) {
    if (isReply(error)) outages.telling.failed(error)
  }
}
