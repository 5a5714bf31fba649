// The backing services of one process, as `createBacking` puts them together, but with a log that can be read and a clock
// that can be set. Several of them in a test are several instances.

import { Registry } from 'prom-client'
import { createCachePort } from '../../src/backing/cache/port.ts'
import { createCounters } from '../../src/backing/counter.ts'
import { createRateLimiter } from '../../src/backing/rate-limiter.ts'
import { createRedisPort } from '../../src/backing/redis.ts'
import { backingSettings } from '../../src/backing/settings.ts'
import { readBindings } from '../../src/chassis/bindings.ts'
import { readConfig } from '../../src/chassis/config.ts'
import { createLog } from '../../src/chassis/log.ts'
import { readRelease } from '../../src/chassis/release.ts'
import { chassisSettings } from '../../src/chassis/settings.ts'

export type Instance = ReturnType<typeof openInstance>

/** @param now milliseconds since 1970 */
export function openInstance(env: NodeJS.ProcessEnv, now: () => number = Date.now) {
  const config = readConfig(env, { ...chassisSettings, ...backingSettings })
  const release = readRelease(config, env)
  const texts: string[] = []
  const sink = { write: (line: string) => void texts.push(line), dropped: () => 0, flush: async () => {} }
  const log = createLog(config.LOG_LEVEL, sink, release, 'test')
  const metrics = new Registry()
  const parts = { config, bindings: readBindings(env), release, log, metrics }
  const redis = createRedisPort(parts)
  const cache = createCachePort(parts, redis, now)
  const counters = createCounters(parts, redis)

  return {
    cached: cache.lendTo('tests'),
    cacheResource: cache.resource,
    counter: counters.lendTo('tests'),
    rateLimiter: createRateLimiter(parts, redis),
    /** What was logged with this message. */
    told: (message: string) => texts.map((text) => JSON.parse(text)).filter((line) => line.message === message),
    /** The value of a metric, spelled with its labels. */
    async metric(sample: string): Promise<number> {
      const line = (await metrics.metrics()).split('\n').find((each) => each.startsWith(`${sample} `))
      return line ? Number(line.slice(sample.length)) : 0
    },
    async [Symbol.asyncDispose]() {
      await counters.close()
      await cache.close()
      await redis.close()
    },
  }
}
