// The cache port: a memory level, and behind it, where several processes can share one, files, Redis or Memcached. All
// of it is imported when a feature first wraps a function.

import { join } from 'node:path'
import type { Attached } from '../../chassis/bindings.ts'
import { ConfigError } from '../../chassis/config.ts'
import type { Resource } from '../../chassis/web/info.ts'
import type { Cached, CachedFunction, CacheOptions } from '../../ports.ts'
import { onceItWorks } from '../once-it-works.ts'
import type { BackingParts } from '../parts.ts'
import type { RedisPort } from '../redis.ts'
import type { Adopting } from './cached.ts'
import type { Args } from './key.ts'
import type { CacheStore } from './store.ts'

export interface CachePort {
  lendTo(feature: string): Cached
  /** Undefined as long as nobody uses it. */
  resource(): Resource | undefined
  close(): Promise<void>
}

type CacheParts = Pick<BackingParts, 'config' | 'bindings' | 'release' | 'log' | 'metrics'>
type StoreName = CacheStore['name']

/** @throws {ConfigError} where CACHE asks for what is not bound */
export function createCachePort(parts: CacheParts, redis: RedisPort, now: () => number = Date.now): CachePort {
  const { config, bindings, log } = parts
  const memcached = bindings.of('memcached')
  const choice = choose(parts, { redis: redis.attached, memcached })
  const attached = { redis: redis.attached, memcached, file: undefined, memory: undefined }[choice]
  const prefix = config.KEY_PREFIX ?? parts.release.name
  const wrapped = new Map<string, Adopting>()
  let used = false
  let close = async () => {}

  const open = onceItWorks(async () => {
    const { openLevels } = await import('./levels.ts')
    const store = choice === 'memory' ? undefined : () => openStore(choice)
    const levels = await openLevels({ config, metrics: parts.metrics, store, wrapped })
    close = levels.close
    return levels
  })

  return {
    lendTo: (feature) => (fn, options) => {
      used = true
      // A connection takes a while, so it is made before it is needed. What is embedded can wait for the first call.
      if (attached) open().catch(() => {})
      return wrap(fn, options, feature)
    },
    resource: () => (used ? { port: 'cache', adapter: choice, ...(attached && { name: attached.name }) } : undefined),
    close: () => close(),
  }

  function wrap<A extends Args, Result>(fn: (...args: A) => Promise<Result>, options: CacheOptions, feature: string) {
    const scope = `${prefix}:${feature}:${options.name}`
    let cached: (CachedFunction<A, Result> & Adopting) | undefined

    const opening = onceItWorks(async () => {
      const [levels, { createCached }] = await Promise.all([open(), import('./cached.ts')])
      cached = createCached(fn, options, {
        ...levels,
        scope,
        believedMs: isAlone() ? Number.POSITIVE_INFINITY : config.CACHE_MEMORY_SECONDS * 1000,
        counts: levels.metrics.counts(`${feature}_${options.name}`.replaceAll('-', '_')),
        failed: (error) => log.warn({ error, cache: scope }, 'a cached result could not be renewed'),
        now,
      })
      wrapped.set(scope, cached)
      return cached
    })

    const call = (...args: A) => (cached ? cached(...args) : opening().then((opened) => opened(...args)))
    return Object.assign(call, { forget: async () => (await opening()).forget() })
  }

  /** Whether no other process writes what is cached here: then memory is believed until a result has grown old. */
  function isAlone(): boolean {
    const database = bindings.of('database')
    const isShared = database !== undefined && !database.urls[0]!.startsWith('sqlite:')
    return choice === 'memory' && !isShared && config.WEB_CONCURRENCY === 1
  }

  async function openStore(name: StoreName): Promise<CacheStore> {
    const { CACHE_MAX_ENTRIES: maxEntries, CACHE_MAX_BYTES: maxBytes } = config
    if (name === 'redis') return (await import('./redis.ts')).createRedisStore(redis, prefix)
    if (name === 'memcached')
      return (await import('./memcached.ts')).createMemcachedStore(memcached!, config.CACHE_TIMEOUT_MS)
    return (await import('./file.ts')).openFileStore(join(config.DATA_DIR, 'cache'), { maxEntries, maxBytes })
  }
}

/** What is bound is taken by itself. Copies of a process don't see each other's memory, but they do see files. */
function choose(
  { config }: CacheParts,
  bound: Record<'redis' | 'memcached', Attached | undefined>,
): StoreName | 'memory' {
  const { CACHE: asked, WEB_CONCURRENCY: copies } = config
  if ((asked === 'redis' || asked === 'memcached') && !bound[asked])
    throw new ConfigError([
      `CACHE must not be ${asked} where none is bound: set ${asked.toUpperCase()}_URL or bind one`,
    ])
  if (asked) return asked
  if (bound.redis) return 'redis'
  if (bound.memcached) return 'memcached'
  return copies > 1 ? 'file' : 'memory'
}
