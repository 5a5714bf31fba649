// Chooses the store behind the memory, by CACHE and by what is bound. Its adapter is imported when it is opened.

import { join } from 'node:path'
import type { Binding, Bindings } from '../../ports/bindings.ts'
import { createOutageLog } from '../outage-log.ts'
import type { RedisPort } from '../redis.ts'
import type { BackingRuntime } from '../runtime.ts'
import type { CacheStore } from './store.ts'

export interface StoreChoice {
  adapter: CacheStore['name'] | 'memory'
  /** Undefined where the store is embedded. */
  binding: Binding | undefined
  /** Whether other processes write to the data behind the cache, so that entries in memory have to be revalidated. */
  hasOtherWriters: boolean
  /** @returns the stores that share the entries; none where there is nothing behind the memory */
  open(): Promise<CacheStore[]>
}

export interface StoreChoiceOptions {
  redis: RedisPort
  /** What the names of keys and channels begin with. */
  prefix: string
}

type ChoiceRuntime = Pick<BackingRuntime, 'config' | 'bindings' | 'log'>

export function chooseStore({ config, bindings, log }: ChoiceRuntime, options: StoreChoiceOptions): StoreChoice {
  const { redis, prefix } = options
  const bound = { redis: redis.binding, memcached: bindings.of('memcached') }
  const adapter = config.CACHE ?? chooseAdapter()

  return {
    adapter,
    binding: adapter === 'redis' || adapter === 'memcached' ? bound[adapter] : undefined,
    hasOtherWriters: adapter !== 'memory' || hasSharedDatabase(bindings) || config.WEB_CONCURRENCY > 1,
    open,
  }

  /**
   * A bound store is used. Without one, copies of one instance share files, unless instances on other machines write to
   * the same database: those could not invalidate the files.
   */
  function chooseAdapter() {
    if (bound.redis) return 'redis'
    if (bound.memcached) return 'memcached'
    return config.WEB_CONCURRENCY > 1 && !hasSharedDatabase(bindings) ? 'file' : 'memory'
  }

  async function open(): Promise<CacheStore[]> {
    const { CACHE_MAX_ENTRIES: maxEntries, CACHE_MAX_BYTES: maxBytes, CACHE_TIMEOUT_MS: timeoutMs } = config
    if (adapter === 'memory') return []
    if (adapter === 'redis') {
      const { createRedisStore } = await import('./redis.ts')
      const subscribing = createOutageLog(log, 'subscribing to cache invalidations')
      const publishing = createOutageLog(log, 'publishing cache invalidations')
      return [createRedisStore(redis, prefix, { subscribing, publishing })]
    }
    if (adapter === 'file') {
      const { createFileStore } = await import('./file.ts')
      const outages = createOutageLog(log, 'the file cache')
      return [createFileStore(join(config.DATA_DIR, 'cache'), { maxEntries, maxBytes, timeoutMs, outages })]
    }
    const { createMemcachedStore } = await import('./memcached.ts')
    const { urls } = bound.memcached!
    const nameOf = (url: string) => (urls.length > 1 ? `Memcached at ${new URL(url).host}` : 'Memcached')
    return urls.map((url) => createMemcachedStore(url, { timeoutMs, outages: createOutageLog(log, nameOf(url)) }))
  }
}

/** Whether instances on other machines write to the database, too. */
function hasSharedDatabase(bindings: Bindings): boolean {
  const database = bindings.of('database')
  return database !== undefined && !database.urls[0]!.startsWith('sqlite:')
}
