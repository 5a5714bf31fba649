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
import { createRateLimiter, type ListedRateLimiter } from './rate-limiter.ts'
import { createRedisPort } from './redis.ts'
import { warnOfSeparate } from './separate.ts'

export interface Backing {
  lendTo(feature: Feature): BackingServices
  /** Makes the migrations of these features that have not been made. */
  migrate(features: Feature[]): Promise<void>
  checks(features: Feature[]): ReadinessChecks
  /** Connects to Redis where it is bound, and so is for those who serve requests. */
  openRateLimiter(): RateLimiter
  /** What is in use so far, with warnings for the operator. */
  resources(): Resource[]
  /** Tells the log those warnings. */
  warn(): void
}

export function createBacking(parts: BackingParts): Backing {
  const redis = createRedisPort(parts)
  const database = createDatabasePort(parts)
  const cache = createCachePort(parts, redis)
  const counters = createCounters(parts, redis)
  let rateLimiter: ListedRateLimiter | undefined

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
    openRateLimiter() {
      rateLimiter ??= createRateLimiter(parts, redis)
      return rateLimiter
    },
    resources,
    warn() {
      for (const { warning, ...resource } of resources()) if (warning) parts.log.warn(resource, warning)
    },
  }

  function resources(): Resource[] {
    const inUse = [database, cache, counters, rateLimiter].flatMap((port) => port?.resource() ?? [])
    return inUse.map((resource) => warnOfSeparate(resource, parts.release))
  }
}
