import { randomUUID } from 'node:crypto'
import type { OutageLog } from '../outage-log.ts'
import type { RedisPort } from '../redis.ts'
import { isReply } from '../redis-role.ts'
import type { CacheStore } from './store.ts'

/** Log outages of the channel, which a Redis may not allow. */
export interface ChannelOutages {
  subscribing: OutageLog
  publishing: OutageLog
}

/** @param prefix what the channel's name begins with */
export function createRedisStore(redis: RedisPort, prefix: string, outages: ChannelOutages): CacheStore {
  const channel = `${prefix}:forgotten`
  const sender = randomUUID()
  // Connecting takes longer than a command may, so it starts before the first one.
  redis.open().catch(() => {})

  return {
    name: 'redis',
    breaker: redis.breaker,

    async read(scope, key) {
      const client = await redis.open()
      // Not MGET: in cluster mode, one command can't read keys of two slots.
      const replies = (await client.pipeline().get(scope).get(key).exec()) ?? []
      for (const [error] of replies) if (error) throw error
      const [generation, entry] = replies.map(([, text]) => (text ?? undefined) as string | undefined)
      return { generation, entry }
    },

    async write(key, entry, ttlMs) {
      await (await redis.open()).set(key, entry, 'PX', ttlMs)
    },

    async begin(scope, generation) {
      return (await (await redis.open()).set(scope, generation, 'NX')) === 'OK'
    },

    async replace(scope, generation) {
      const client = await redis.open()
      // A full Redis refuses writes but allows deletions; without a generation, no entry of the scope is valid.
      const replaced = client.set(scope, generation).catch(() => client.unlink(scope))
      // Awaited, so that the other instances have the message before this one responds; it costs no round trip of its
      // own. Where the channel is not allowed, they notice when they revalidate.
      const published = client.publish(channel, `${sender} ${scope}`).then(outages.publishing.answered, publishFailed)
      await replaced
      await published
    },

    async subscribe({ replaced, resumed }) {
      const client = await redis.openSubscriber()
      client.on('message', (_channel: string, message: string) => {
        const [from, scope = ''] = message.split(' ')
        if (from !== sender) replaced(scope)
      })
      const subscribe = () => client.subscribe(channel).then(resumed, outages.subscribing.failed)
      client.on('ready', subscribe)
      if (client.status === 'ready') await subscribe()
    },

    close: async () => {},
  }

  /** A lost connection is logged by the breaker, through which the other commands go. */
  function publishFailed(error: Error) {
    if (isReply(error)) outages.publishing.failed(error)
  }
}
