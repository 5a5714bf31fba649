// The cache port: wraps the functions of features, and opens the levels that they share on first use.

import type { Cached, CachedFunction, CacheOptions } from '../../ports/cache.ts'
import type { Resource } from '../../ports/operations.ts'
import { lazy } from '../lazy.ts'
import { createOutageLog } from '../outage-log.ts'
import type { RedisPort } from '../redis.ts'
import type { BackingRuntime } from '../runtime.ts'
import { type Args, scopeOf } from './key.ts'
import type { Revalidatable } from './levels.ts'
import { createWrite } from './reconcile.ts'
import { chooseStore } from './store-choice.ts'

export interface CachePort {
  /** @param probe rejects as long as the feature's database is unavailable */
  forFeature(feature: string, probe: () => Promise<unknown>): Cached
  /** Undefined until a feature wraps a function. */
  resource(): Resource | undefined
  close(): Promise<void>
}

type CacheRuntime = Pick<BackingRuntime, 'config' | 'bindings' | 'release' | 'log' | 'registry'>

export function createCachePort(runtime: CacheRuntime, redis: RedisPort, now: () => number = Date.now): CachePort {
  const { config, log } = runtime
  const prefix = config.KEY_PREFIX ?? runtime.release.name
  const { adapter, binding, hasOtherWriters, open: openStores } = chooseStore(runtime, { redis, prefix })
  const revalidateAfterMs = hasOtherWriters ? config.CACHE_MEMORY_SECONDS * 1000 : Number.POSITIVE_INFINITY
  const scopes = new Set<string>()
  const functions = new Map<string, Revalidatable>()
  let close = async () => {}

  const open = lazy(async () => {
    const [{ createLevels }, stores] = await Promise.all([import('./levels.ts'), openStores()])
    const levels = createLevels({ config, registry: runtime.registry, stores, functions })
    close = async () => void (await Promise.all(levels.shared.map((shared) => shared.close())))
    return levels
  })

  return {
    forFeature: (feature, probe) => Object.assign(cachedOf(feature), { writes: writesOf(feature, probe) }),
    resource() {
      if (scopes.size === 0) return undefined
      return { port: 'cache', adapter, ...(binding && { name: binding.name }) }
    },
    close: () => close(),
  }

  function cachedOf(feature: string) {
    return function cached<A extends Args, Result>(fn: (...args: A) => Promise<Result>, options: CacheOptions) {
      if (options.freshSeconds === 0) return uncached(fn)
      const wrapped = wrap(fn, options, feature)
      // Connecting takes a while, so it starts before the first call.
      if (binding) open().catch(() => {})
      return wrapped
    }
  }

  function writesOf(feature: string, probe: () => Promise<unknown>): Cached['writes'] {
    return (functions) =>
      createWrite({
        probe,
        invalidate: async () => void (await Promise.all(functions.map((cached) => cached.forget()))),
        failed: (error) => log.warn({ feature, error }, 'cached results may be out of date'),
      })
  }

  function wrap<A extends Args, Result>(fn: (...args: A) => Promise<Result>, options: CacheOptions, feature: string) {
    const { name } = options
    const scope = scopeOf(prefix, feature, name)
    if (scopes.has(scope)) throw new Error(`The feature "${feature}" must not cache two functions named "${name}".`)
    scopes.add(scope)
    let cached: (CachedFunction<A, Result> & Revalidatable) | undefined

    const opening = lazy(async () => {
      const [levels, { createCached }, { joinPartitions }] = await Promise.all([
        open(),
        import('./cached.ts'),
        import('./partitions.ts'),
      ])
      const counts = levels.metrics.counts(`${feature}_${name}`.replaceAll('-', '_'))
      const outages = createOutageLog(log, `the cached function ${feature}/${name}`)
      const shared = levels.shared.length > 0 ? levels.shared : [undefined]
      const parts = shared.map((level) =>
        createCached(fn, options, {
          memory: levels.memory,
          shared: level,
          scope,
          revalidateAfterMs,
          counts,
          outages,
          now,
        }),
      )
      cached = joinPartitions(scope, parts)
      functions.set(scope, cached)
      return cached
    })

    const call = (...args: A) => (cached ? cached(...args) : opening().then((opened) => opened(...args)))
    const forget = () => (cached ? cached.forget() : opening().then((opened) => opened.forget()))
    return Object.assign(call, { forget })
  }
}

function uncached<A extends Args, Result>(fn: (...args: A) => Promise<Result>): CachedFunction<A, Result> {
  return Object.assign((...args: A) => fn(...args), { forget: async () => {} })
}
