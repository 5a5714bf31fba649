// The levels that all cached functions of this process share.

import type { Registry } from 'prom-client'
import type { BackingConfig } from '../settings.ts'
import type { Doubting } from './cached.ts'
import { createMemoryLevel, type MemoryLevel } from './memory.ts'
import { type CacheMetrics, createCacheMetrics } from './metrics.ts'
import { createSharedLevel, type SharedLevel } from './shared-level.ts'
import type { CacheStore } from './store.ts'

export interface Levels {
  memory: MemoryLevel
  shared: SharedLevel | undefined
  metrics: CacheMetrics
}

export interface LevelsParts {
  config: Pick<BackingConfig, 'CACHE_MAX_ENTRIES' | 'CACHE_MAX_BYTES'>
  registry: Registry
  /** What is behind the memory. */
  store: CacheStore | undefined
  /** The functions that are cached, by scope. */
  functions: ReadonlyMap<string, Doubting>
}

export function createLevels({ config, registry, store, functions }: LevelsParts): Levels {
  const memory = createMemoryLevel({ maxEntries: config.CACHE_MAX_ENTRIES, maxBytes: config.CACHE_MAX_BYTES })
  const metrics = createCacheMetrics(registry, memory.size)
  const replaced = (scope: string) => functions.get(scope)?.doubt()
  // Without messages, memory is believed for CACHE_MEMORY_SECONDS all the same.
  store?.listen?.({ replaced, resumed: memory.doubt }).catch(() => {})
  return { memory, shared: store && createSharedLevel(store, metrics), metrics }
}
