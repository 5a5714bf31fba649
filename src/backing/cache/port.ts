// The cache port: a memory level, and behind it, where several processes can share one, files, Redis or Memcached. All
// of it is imported when a feature first wraps a function.

import { join } from 'node:path'
import type { Binding } from '../../ports/bindings.ts'
import type { Cached, CachedFunction, CacheOptions } from '../../ports/cache.ts'
import type { Resource } from '../../ports/operations.ts'
import { lazy } from '../lazy.ts'
import { createOutageLog } from '../outage-log.ts'
import type { RedisPort } from '../redis.ts'
import type { BackingRuntime } from '../runtime.ts'
import type { Doubting } from './cached.ts'
import { type Args, scopeOf } from './key.ts'
import { createWrite } from './reconcile.ts'
import type { CacheStore } from './store.ts'

export interface CachePort {
  /** @param probe rejects as long as the feature's database is unavailable */
  forFeature(feature: string, probe: () => Promise<unknown>): Cached
  /** Undefined as long as nobody uses it. */
  resource(): Resource | undefined
  close(): Promise<void>
}

type CacheRuntime = Pick<BackingRuntime, 'config' | 'bindings' | 'release' | 'log' | 'registry'>
type StoreName = CacheStore['name']

export function createCachePort(runtime: CacheRuntime, redis: RedisPort, now: () => number = Date.now): CachePort {
  const { config, bindings, log } = runtime
  const bound = { redis: redis.attached, memcached: bindings.of('memcached') }
  const choice = choose(config, bound, hasSharedDatabase())
  const attached = choice === 'redis' || choice === 'memcached' ? bound[choice] : undefined
  const prefix = config.KEY_PREFIX ?? runtime.release.name
  const believedMs = isAlone() ? Number.POSITIVE_INFINITY : config.CACHE_MEMORY_SECONDS * 1000
  const scopes = new Set<string>()
  const functions = new Map<string, Doubting>()
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
      return { port: 'cache', adapter: choice, ...(attached && { name: attached.name }) }
    },
    close: () => close(),
  }

  function cachedOf(feature: string) {
    return function cached<A extends Args, Result>(fn: (...args: A) => Promise<Result>, options: CacheOptions) {
      if (options.freshSeconds === 0) return uncached(fn)
      const wrapped = wrap(fn, options, feature)
      // A connection takes a while, so it is made before it is needed. What is embedded can wait for the first call.
      if (attached) open().catch(() => {})
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
    let cached: (CachedFunction<A, Result> & Doubting) | undefined

    const opening = lazy(async () => {
      const [levels, { createCached }] = await Promise.all([open(), import('./cached.ts')])
      const counts = levels.metrics.counts(`${feature}_${name}`.replaceAll('-', '_'))
      const outages = createOutageLog(log, `the cached function ${feature}/${name}`)
      cached = createCached(fn, options, { ...levels, scope, believedMs, counts, outages, now })
      functions.set(scope, cached)
      return cached
    })

    const call = (...args: A) => (cached ? cached(...args) : opening().then((opened) => opened(...args)))
    const forget = () => (cached ? cached.forget() : opening().then((opened) => opened.forget()))
    return Object.assign(call, { forget })
  }

  /** Whether no other process writes what is cached here: then memory is believed until a result has grown old. */
  function isAlone(): boolean {
    return choice === 'memory' && !hasSharedDatabase() && config.WEB_CONCURRENCY === 1
  }

  /** Whether instances on other machines write to it as well. */
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
        listening: createOutageLog(log, 'listening to what other instances forget'),
        telling: createOutageLog(log, 'telling other instances what is forgotten'),
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
 * What is bound is taken by itself. Copies of a process don't see each other's memory, but they do see files, which is
 * enough as long as they are the only ones to write.
 */
function choose(
  { CACHE: asked, WEB_CONCURRENCY: copies }: CacheRuntime['config'],
  bound: Record<'redis' | 'memcached', Binding | undefined>,
  hasSharedDatabase: boolean,
): StoreName | 'memory' {
  if (asked) return asked
  if (bound.redis) return 'redis'
  if (bound.memcached) return 'memcached'
  return copies > 1 && !hasSharedDatabase ? 'file' : 'memory'
}
