// The connection to Redis that cache, rate limit and counters share. Its client takes 50 ms and 20 MB, so it is imported
// when the first of them needs it. Whoever uses it has to get along without: every command ends soon, in an answer or
// not.

import type { Redis } from 'ioredis'
import type { Attached } from '../chassis/bindings.ts'
import { onceItWorks } from './once-it-works.ts'
import type { BackingParts } from './parts.ts'
import { tlsOptions } from './tls.ts'

export interface RedisPort {
  /** Undefined where no Redis is bound. */
  attached: Attached | undefined
  /** The connection for commands. While there is none, they fail at once. */
  open(): Promise<Redis>
  /** A connection of its own, since one that listens to channels can't do anything else. */
  openListener(): Promise<Redis>
  close(): Promise<void>
}

/** How long connecting may take; commands have their own limit, CACHE_TIMEOUT_MS. */
const CONNECT_TIMEOUT_MS = 2000

export function createRedisPort({
  bindings,
  config,
  log,
}: Pick<BackingParts, 'bindings' | 'config' | 'log'>): RedisPort {
  const attached = bindings.of('redis')
  const connections: Redis[] = []

  return {
    attached,
    open: onceItWorks(() => connect('commands')),
    openListener: onceItWorks(() => connect('messages')),
    close: async () => {
      for (const connection of connections) connection.disconnect()
    },
  }

  async function connect(purpose: string): Promise<Redis> {
    if (!attached) throw new Error('No Redis is bound.')
    const [{ Redis }, tls] = await Promise.all([import('ioredis'), tlsOptions(attached)])
    const redis = new Redis(attached.urls[0]!, {
      ...(tls && { tls }),
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: config.CACHE_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: pauseMs,
    })
    connections.push(redis)
    tellOutages(redis, purpose)
    // It goes on trying by itself. Whoever asks meanwhile is refused, and does without.
    await redis.connect().catch(() => {})
    return redis
  }

  function tellOutages(redis: Redis, purpose: string) {
    let failing = false
    redis.on('error', (error) => {
      if (!failing) log.warn({ redis: attached?.name, purpose, error }, 'Redis fails')
      failing = true
    })
    redis.on('ready', () => {
      if (failing) log.info({ redis: attached?.name, purpose }, 'Redis answers again')
      failing = false
    })
  }
}

/** Doubles up to two seconds, a random half of it, so that instances don't come back all at once. */
function pauseMs(attempt: number): number {
  const longest = Math.min(50 * 2 ** attempt, 2000)
  return longest * (0.5 + Math.random() / 2)
}
