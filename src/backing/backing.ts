// Factor IV, backing services: behind each port stands what is bound, or else what is embedded. An adapter is imported
// when a feature first uses it.

import type { ReadinessChecks } from '../chassis/web/health.ts'
import type { Resource } from '../chassis/web/info.ts'
import type { RateLimiter } from '../chassis/web/limit.ts'
import type { BackingServices, Feature } from '../ports.ts'
import { createCachePort } from './cache/port.ts'
import { createCounters } from './counter.ts'
import { createDatabasePort } from './database/choose.ts'
import type { BackingParts } from './parts.ts'
import { createRateLimiter } from './rate-limiter.ts'
import { createRedisPort } from './redis.ts'

export interface Backing {
  lendTo(feature: Feature): BackingServices
  /** Makes the migrations of these features that have not been made. */
  migrate(features: Feature[]): Promise<void>
  checks(features: Feature[]): ReadinessChecks
  rateLimiter: RateLimiter
  /** What is in use so far. */
  resources(): Resource[]
}

/** @throws {ConfigError} where a setting asks for what is not bound */
export function createBacking(parts: BackingParts): Backing {
  const redis = createRedisPort(parts)
  const database = createDatabasePort(parts)
  const cache = createCachePort(parts, redis)
  const counters = createCounters(parts, redis)
  const rateLimiter = createRateLimiter(parts, redis)

  // Registered before anything listens, so it is closed after the last request has been answered.
  parts.lifecycle.onStop('backing services', async () => {
    await counters.close()
    await cache.close()
    await Promise.all([redis.close(), database.close()])
  })

  return {
    lendTo: (feature) => ({
      database: () => database.lendTo(feature),
      cached: cache.lendTo(feature.name),
      counter: counters.lendTo(feature.name),
    }),
    migrate: database.migrate,
    checks: database.checks,
    rateLimiter,
    resources: () => [database, cache, counters, rateLimiter].flatMap(({ resource }) => resource() ?? []),
  }
}
