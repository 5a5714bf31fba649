// The two levels that all cached functions of this process share: memory, and the stores behind it, if there are any.

import { LRUCache } from 'lru-cache'
import type { Registry } from 'prom-client'
import type { BackingConfig } from '../settings.ts'
import type { Entry } from './entry.ts'
import { type CacheMetrics, createCacheMetrics } from './metrics.ts'
import { createSharedLevel, type SharedLevel } from './shared-level.ts'
import type { CacheStore } from './store.ts'

export interface Levels {
  memory: MemoryLevel
  /** One for each store. */
  shared: SharedLevel[]
  metrics: CacheMetrics
}

/** Evicts the least recently used entry first. An entry that exceeds the bounds on its own is not kept. */
export type MemoryLevel = LRUCache<string, MemoryEntry>

export interface MemoryEntry extends Omit<Entry, 'json'> {
  /** When to revalidate with the shared level, which other processes write to. */
  revalidateAtMs: number
}

export interface Revalidatable {
  /** Another process has invalidated the function: its entries in memory are revalidated before they are used again. */
  revalidate(): void
}

export interface LevelsOptions {
  config: Pick<BackingConfig, 'CACHE_MAX_ENTRIES' | 'CACHE_MAX_BYTES'>
  registry: Registry
  stores: CacheStore[]
  /** The cached functions, by scope. */
  functions: ReadonlyMap<string, Revalidatable>
}

export function createLevels({ config, registry, stores, functions }: LevelsOptions): Levels {
  const memory: MemoryLevel = new LRUCache({ max: config.CACHE_MAX_ENTRIES, maxSize: config.CACHE_MAX_BYTES })
  const metrics = createCacheMetrics(registry, () => memory.size)
  const replaced = (scope: string) => functions.get(scope)?.revalidate()
  // Without messages, entries in memory are still revalidated every CACHE_MEMORY_SECONDS.
  for (const store of stores) store.subscribe?.({ replaced, resumed }).catch(() => {})
  return { memory, shared: stores.map((store) => createSharedLevel(store, metrics)), metrics }

  function resumed() {
    for (const entry of memory.values()) entry.revalidateAtMs = 0
  }
}
