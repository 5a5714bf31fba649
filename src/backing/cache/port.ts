// Opens the cache port: a memory level, and behind it files, Redis or Memcached where several processes share results.
// The adapters are imported on first use.

import { join } from 'node:path'
import type { Binding } from '../../ports/bindings.ts'
import type { Cached, CachedFunction, CacheOptions } from '../../ports/cache.ts'
import type { Resource } from '../../ports/operations.ts'
import { lazy } from '../lazy.ts'
import { createOutageLog } from '../outage-log.ts'
import type { RedisPort } from '../redis.ts'
import type { BackingRuntime } from '../runtime.ts'
import { type Args, scopeOf } from './key.ts'
import type { Revalidatable } from './levels.ts'
import { createWrite } from './reconcile.ts'
import type { CacheStore } from './store.ts'

export interface CachePort {
  /** @param probe rejects as long as the feature's database is unavailable */
  forFeature(feature: string, probe: () => Promise<unknown>): Cached
  /** Undefined until a feature wraps a function. */
  resource(): Resource | undefined
  close(): Promise<void>
}

type CacheRuntime = Pick<BackingRuntime, 'config' | 'bindings' | 'release' | 'log' | 'registry'>
type StoreName = CacheStore['name']

export function createCachePort(runtime: CacheRuntime, redis: RedisPort, now: () => number = Date.now): CachePort {
  const { config, bindings, log } = runtime
  const bound = { redis: redis.binding, memcached: bindings.of('memcached') }
  const choice = choose(config, bound, hasSharedDatabase())
  const binding = choice === 'redis' || choice === 'memcached' ? bound[choice] : undefined
  const prefix = config.KEY_PREFIX ?? runtime.release.name
  const revalidateAfterMs = isAlone() ? Number.POSITIVE_INFINITY : config.CACHE_MEMORY_SECONDS * 1000
  const scopes = new Set<string>()
  const functions = new Map<string, Revalidatable>()
  let close = async () => {}

  const open = lazy(async () => {
    const [{ createLevels }, store] = await Promise.all([import('./levels.ts'), openStore()])
    const levels = createLevels({ config, registry: runtime.registry, store, functions })
    close = async () => levels.shared?.close()
    return levels
  })

  return {
    forFeature: (feature, probe) => Object.assign(cachedOf(feature), { writes: writesOf(feature, probe) }),
    resource() {
      if (scopes.size === 0) return undefined
      return { port: 'cache', adapter: choice, ...(binding && { name: binding.name }) }
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
      const [levels, { createCached }] = await Promise.all([open(), import('./cached.ts')])
      const counts = levels.metrics.counts(`${feature}_${name}`.replaceAll('-', '_'))
      const outages = createOutageLog(log, `the cached function ${feature}/${name}`)
      cached = createCached(fn, options, { ...levels, scope, revalidateAfterMs, counts, outages, now })
      functions.set(scope, cached)
      return cached
    })

    const call = (...args: A) => (cached ? cached(...args) : opening().then((opened) => opened(...args)))
    const forget = () => (cached ? cached.forget() : opening().then((opened) => opened.forget()))
    return Object.assign(call, { forget })
  }

  /** Whether no other process writes to the data behind the cache: then memory need not be revalidated. */
  function isAlone(): boolean {
    return choice === 'memory' && !hasSharedDatabase() && config.WEB_CONCURRENCY === 1
  }

  /** Whether instances on other machines write to the database, too. */
  function hasSharedDatabase(): boolean {
    const database = bindings.of('database')
    return database !== undefined && !database.urls[0]!.startsWith('sqlite:')
  }

  async function openStore(): Promise<CacheStore | undefined> {
    const { CACHE_MAX_ENTRIES: maxEntries, CACHE_MAX_BYTES: maxBytes, CACHE_TIMEOUT_MS: timeoutMs } = config
    if (choice === 'memory') return undefined
    if (choice === 'redis') {
      const { createRedisStore } = await import('./redis.ts')
      return createRedisStore(redis, prefix, {
        subscribing: createOutageLog(log, 'subscribing to cache invalidations'),
        publishing: createOutageLog(log, 'publishing cache invalidations'),
      })
    }
    if (choice === 'file') {
      const { createFileStore } = await import('./file.ts')
      const outages = createOutageLog(log, 'the file cache')
      return createFileStore(join(config.DATA_DIR, 'cache'), { maxEntries, maxBytes, timeoutMs, outages })
    }
    const { createMemcachedStore } = await import('./memcached.ts')
    return createMemcachedStore(bound.memcached!, { timeoutMs, outages: createOutageLog(log, 'Memcached') })
  }
}

function uncached<A extends Args, Result>(fn: (...args: A) => Promise<Result>): CachedFunction<A, Result> {
  return Object.assign((...args: A) => fn(...args), { forget: async () => {} })
}

/**
 * Without CACHE, a bound store is used. Without one, copies of one instance share files, unless instances on other
 * machines write to the same database: those could not invalidate the files.
 */
function choose(
  { CACHE: configured, WEB_CONCURRENCY: copies }: CacheRuntime['config'],
  bound: Record<'redis' | 'memcached', Binding | undefined>,
  hasSharedDatabase: boolean,
): StoreName | 'memory' {
  if (configured) return configured
  if (bound.redis) return 'redis'
  if (bound.memcached) return 'memcached'
  return copies > 1 && !hasSharedDatabase ? 'file' : 'memory'
}
