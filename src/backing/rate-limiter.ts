// Counts each client's requests per minute: in Redis where it is bound, so that all instances share the quota, and
// always in memory as well. While Redis is unavailable, the count in memory decides, for each instance alone.

import type { Redis } from 'ioredis'
import { Counter } from 'prom-client'
import type { Quota, RateLimiter, Resource } from '../ports/operations.ts'
import { createMemoryRateLimiter } from './memory-rate-limiter.ts'
import type { RedisPort } from './redis.ts'
import type { BackingRuntime } from './runtime.ts'

export interface RateLimiterPort extends RateLimiter {
  /** Undefined where the limit is off. */
  resource(): Resource | undefined
}

export function createRateLimiter({ config, release, registry }: BackingRuntime, redis: RedisPort): RateLimiterPort {
  const perMinute = config.RATE_LIMIT_PER_MINUTE
  if (perMinute === 0) return { ...createMemoryRateLimiter(perMinute), resource: () => undefined }
  const resets = new Counter({
    name: 'rate_limit_resets_total',
    help: 'Times that this process reset the counts of all clients early, because it had counted too many clients.',
    registers: [registry],
  })
  const memory = createMemoryRateLimiter(perMinute, { overflowed: () => resets.inc() })
  if (!redis.binding) return { ...memory, resource: () => ({ port: 'rate limit', adapter: 'memory' }) }

  const { name } = redis.binding
  const prefix = config.KEY_PREFIX ?? release.name
  const fallbacks = new Counter({
    name: 'rate_limit_fallbacks_total',
    help: 'Requests that were counted by this process alone, because Redis did not answer.',
    registers: [registry],
  })
  // Connecting takes longer than a request may wait, so it starts before the first one.
  redis.open().catch(() => {})

  return {
    async take(client) {
      const own = memory.take(client)
      const shared = await redis.breaker.attempt(async () => count(await redis.open(), `${prefix}:limit:${client}`))
      if (!shared) fallbacks.inc()
      return shared ? quota(perMinute, shared.result) : own
    },
    resource: () => ({ port: 'rate limit', adapter: 'redis', name }),
  }
}

const MINUTE_MS = 60_000

interface Counted {
  count: number
  restMs: number
}

/** A client's first request begins its minute. The three commands are one atomic transaction in one round trip. */
async function count(redis: Redis, key: string): Promise<Counted> {
  const replies = (await redis.multi().set(key, 0, 'PX', MINUTE_MS, 'NX').incr(key).pttl(key).exec()) ?? []
  for (const [error] of replies) if (error) throw error
  const [, [, count] = [], [, restMs] = []] = replies
  return { count: Number(count), restMs: Number(restMs) }
}

const quota = (perMinute: number, { count, restMs }: Counted): Quota => ({
  remaining: perMinute - count,
  resetSeconds: Math.max(1, Math.ceil(restMs / 1000)),
})
