// The backing services of one process, as `createBacking` puts them together, but with a log that can be read and a clock
// that can be set. Several of them in a test are several instances.

import { createCachePort } from '../../src/backing/cache/port.ts'
import { createCounters } from '../../src/backing/counter.ts'
import { createRateLimiter } from '../../src/backing/rate-limiter.ts'
import { createRedisPort } from '../../src/backing/redis.ts'
import { createRuntime } from './runtime.ts'

export type Instance = ReturnType<typeof openInstance>

/** A busy machine must not pass for a slow server. Who waits for a frozen one gives a limit of his own. */
const PATIENT = { CACHE_TIMEOUT_MS: '5000' }

/** @param now milliseconds since 1970 */
export function openInstance(env: NodeJS.ProcessEnv, now: () => number = Date.now) {
  const { runtime, told } = createRuntime({ ...PATIENT, ...env })
  const redis = createRedisPort(runtime)
  const cache = createCachePort(runtime, redis, now)
  const counters = createCounters(runtime, redis)

  return {
    cached: cache.forFeature('tests', async () => {}),
    cacheResource: cache.resource,
    counter: counters.forFeature('tests'),
    rateLimiter: createRateLimiter(runtime, redis),
    told,
    registry: runtime.registry,
    /** The value of a metric, spelled with its labels. */
    async metric(sample: string): Promise<number> {
      const line = (await runtime.registry.metrics()).split('\n').find((each) => each.startsWith(`${sample} `))
      return line ? Number(line.slice(sample.length)) : 0
    },
    async [Symbol.asyncDispose]() {
      await counters.close()
      await cache.close()
      await redis.close()
    },
  }
}
