// The connection to Redis that the cache, the rate limit and the counters share. Its client costs 50 ms and 20 MB, so
// it is imported on first use. Users must be able to do without Redis: every attempt ends soon, successful or not.

import type { Redis } from 'ioredis'
import type { Binding } from '../ports/bindings.ts'
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts'
import { lazy } from './lazy.ts'
import { createOutageLog } from './outage-log.ts'
import type { BackingRuntime } from './runtime.ts'
import { tlsOptions } from './tls.ts'

export interface RedisPort {
  /** Undefined where no Redis is bound. */
  binding: Binding | undefined
  /** Every command goes through this breaker; while it is open, Redis is not called. */
  breaker: CircuitBreaker
  /** The connection for commands, which fail at once while it is down. */
  open(): Promise<Redis>
  /** A separate connection, since a subscribed one can't send other commands. */
  openSubscriber(): Promise<Redis>
  close(): Promise<void>
}

/** How long connecting may take, and how long a connection with a pending command may be silent. */
const SILENCE_MS = 2000

export function createRedisPort({
  bindings,
  config,
  log,
}: Pick<BackingRuntime, 'bindings' | 'config' | 'log'>): RedisPort {
  const binding = bindings.of('redis')
  const outages = createOutageLog(log, 'Redis')
  const connections: Redis[] = []
  let closed = false

  return {
    binding,
    breaker: createCircuitBreaker({ timeoutMs: config.CACHE_TIMEOUT_MS, outages, isReply }),
    open: lazy(connect),
    openSubscriber: lazy(connect),
    close: async () => {
      closed = true
      for (const connection of connections) disconnect(connection)
    },
  }

  async function connect(): Promise<Redis> {
    if (!binding) throw new Error('No Redis is bound.')
    const [{ Redis }, tls] = await Promise.all([import('ioredis'), tlsOptions(binding)])
    if (closed) throw new Error('The service is stopping.')
    const redis = new Redis(binding.urls[0]!, {
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
    // The client keeps trying by itself; until it is connected, commands fail at once.
    await redis.connect().catch(() => {})
    return redis
  }
}

/** ioredis handles one error of a stream, but a TLS stream that is closed during its handshake may emit two. */
function disconnect(connection: Redis) {
  connection.stream?.on('error', () => {})
  connection.disconnect()
}

/** Whether Redis itself replied with this error. */
export const isReply = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError'

/** Exponential backoff up to two seconds, half of it random, so that instances don't reconnect all at once. */
function retryAfterMs(attempt: number): number {
  const longest = Math.min(50 * 2 ** attempt, 2000)
  return longest * (0.5 + Math.random() / 2)
}
