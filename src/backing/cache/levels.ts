// The levels that all cached functions of this process share.

import type { Registry } from 'prom-client'
import type { BackingConfig } from '../settings.ts'
import type { Adopting } from './cached.ts'
import { createMemoryLevel, type MemoryLevel } from './memory.ts'
import { type CacheMetrics, createCacheMetrics } from './metrics.ts'
import { createSharedLevel, type SharedLevel } from './shared-level.ts'
import type { CacheStore } from './store.ts'

export interface Levels {
  memory: MemoryLevel
  shared: SharedLevel | undefined
  metrics: CacheMetrics
  close(): Promise<void>
}

export interface LevelsParts {
  config: BackingConfig
  metrics: Registry
  /** Opens what is behind the memory. */
  store: (() => Promise<CacheStore>) | undefined
  /** The functions that are cached, by scope. */
  wrapped: ReadonlyMap<string, Adopting>
}

export async function openLevels({ config, metrics: registry, store, wrapped }: LevelsParts): Promise<Levels> {
  const memory = createMemoryLevel({ maxEntries: config.CACHE_MAX_ENTRIES, maxBytes: config.CACHE_MAX_BYTES })
  const opened = await store?.()
  const metrics = createCacheMetrics(registry)
  const shared = opened && createSharedLevel(opened, { timeoutMs: config.CACHE_TIMEOUT_MS, metrics })
  void shared?.listen({
    replaced: (scope, generation) => wrapped.get(scope)?.adopt(generation),
    resumed: () => memory.clear(),
  })
  return { memory, shared, metrics, close: async () => shared?.close() }
}
