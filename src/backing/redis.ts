// The connection to Redis that cache, rate limit and counters share. Its client takes 50 ms and 20 MB, so it is imported
// when the first of them needs it. Whoever uses it has to get along without: every attempt ends soon, in an answer or
// not.

import type { Redis } from 'ioredis'
import type { Binding } from '../ports/bindings.ts'
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts'
import { lazy } from './lazy.ts'
import { createOutageLog } from './outage-log.ts'
import type { BackingRuntime } from './runtime.ts'
import { tlsOptions } from './tls.ts'

export interface RedisPort {
  /** Undefined where no Redis is bound. */
  attached: Binding | undefined
  /** Through it goes every command: while Redis fails, all who share the connection leave it alone. */
  breaker: CircuitBreaker
  /** The connection for commands. While there is none, they fail at once. */
  open(): Promise<Redis>
  /** A connection of its own, since one that listens to channels can't do anything else. */
  openListener(): Promise<Redis>
  close(): Promise<void>
}

/** How long connecting may take, and how long a connection with a question open may be silent before it is dead. */
const SILENCE_MS = 2000

export function createRedisPort({
  bindings,
  config,
  log,
}: Pick<BackingRuntime, 'bindings' | 'config' | 'log'>): RedisPort {
  const attached = bindings.of('redis')
  const outages = createOutageLog(log, 'Redis')
  const connections: Redis[] = []
  let closed = false

  return {
    attached,
    breaker: createCircuitBreaker({ timeoutMs: config.CACHE_TIMEOUT_MS, outages, isReply }),
    open: lazy(connect),
    openListener: lazy(connect),
    close: async () => {
      closed = true
      for (const connection of connections) connection.disconnect()
    },
  }

  async function connect(): Promise<Redis> {
    if (!attached) throw new Error('No Redis is bound.')
    const [{ Redis }, tls] = await Promise.all([import('ioredis'), tlsOptions(attached)])
    if (closed) throw new Error('The service is stopping.')
    const redis = new Redis(attached.urls[0]!, {
      ...(tls && { tls }),
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: SILENCE_MS,
      socketTimeout: SILENCE_MS,
      autoResubscribe: false,
      retryStrategy: retryAfterMs,
    })
    connections.push(redis)
    redis.on('error', outages.failed).on('ready', outages.answered)
    // It goes on trying by itself. Whoever asks meanwhile is refused, and does without.
    await redis.connect().catch(() => {})
    return redis
  }
}

/** Whether Redis itself has said so. */
export const isReply = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError'

/** Doubles up to two seconds, a random half of it, so that instances don't come back all at once. */
function retryAfterMs(attempt: number): number {
  const longest = Math.min(50 * 2 ** attempt, 2000)
  return longest * (0.5 + Math.random() / 2)
}
