// Factor IV, backing services: each port uses the service that is bound, or an embedded one. An adapter is imported
// when a feature first uses it.

import type { BackingServices, Feature } from '../ports/feature.ts'
import type { Operations, Resource } from '../ports/operations.ts'
import { createCachePort } from './cache/port.ts'
import { createCounters } from './counter.ts'
import { ping } from './database/adapter.ts'
import { createDatabasePort } from './database/port.ts'
import { createRateLimiter } from './rate-limiter.ts'
import { createRedisPort } from './redis.ts'
import type { BackingRuntime } from './runtime.ts'
import { warnOfUnshared } from './unshared-warning.ts'

export interface Backing extends Operations {
  forFeature(feature: Feature): BackingServices
}

/** The backing services of a process that serves these features. */
export function createBacking(runtime: BackingRuntime, features: Feature[]): Backing {
  const redis = createRedisPort(runtime)
  const database = createDatabasePort(runtime, features)
  const cache = createCachePort(runtime, redis)
  const counters = createCounters(runtime, redis)
  const rateLimiter = createRateLimiter(runtime, redis)

  // Registered before the server listens, so it is closed after the last response.
  runtime.lifecycle.onStop('backing services', async () => {
    await counters.close()
    await cache.close()
    await Promise.all([redis.close(), database.close()])
  })

  return {
    forFeature(feature) {
      const openDatabase = database.forFeature(feature)
      return {
        database: openDatabase,
        cached: cache.forFeature(feature.name, async () => ping(await openDatabase())),
        counter: counters.forFeature(feature.name),
      }
    },
    checks: database.checks,
    resources(): Resource[] {
      const inUse = [database, cache, counters, rateLimiter].flatMap((port) => port.resource() ?? [])
      return inUse.map((resource) => warnOfUnshared(resource, runtime.release))
    },
    rateLimiter,
  }
}

/** Runs the pending migrations of these features. */
export async function migrateDatabase(runtime: BackingRuntime, features: Feature[]): Promise<void> {
  const database = createDatabasePort(runtime, features)
  runtime.lifecycle.onStop('database', database.close)
  await database.migrate(features)
}
