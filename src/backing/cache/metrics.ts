// The metrics of the cache. They exist once a feature has called a cached function.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export type Outcome = 'hit' | 'stale' | 'miss'
export type Operation = 'get' | 'set' | 'forget'

export interface CacheMetrics {
  /** Counts the calls of one cached function. */
  counts(cache: string): Record<Outcome, Counter.Internal>
  observe(labels: { store: string; operation: Operation; outcome: 'ok' | 'error' }, durationMs: number): void
}

/** @param entries the number of entries in memory */
export function createCacheMetrics(registry: Registry, entries: () => number): CacheMetrics {
  const registers = [registry]
  const requests = new Counter({
    name: 'cache_requests_total',
    help: 'Calls of cached functions: hit (a fresh result, or a call in flight), stale, or miss.',
    labelNames: ['cache', 'outcome'],
    registers,
  })
  const durations = new Histogram({
    name: 'cache_store_duration_seconds',
    help: 'Duration of operations of the store behind the memory.',
    labelNames: ['store', 'operation', 'outcome'],
    buckets: [0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    registers,
  })
  new Gauge({
    name: 'cache_memory_entries',
    help: 'Results of cached functions that are kept in memory.',
    registers,
    collect() {
      this.set(entries())
    },
  })

  return {
    counts(cache) {
      const [hit, stale, miss] = (['hit', 'stale', 'miss'] as const).map((outcome) => requests.labels(cache, outcome))
      return { hit: hit!, stale: stale!, miss: miss! }
    },
    observe: ({ store, operation, outcome }, durationMs) =>
      durations.labels(store, operation, outcome).observe(durationMs / 1000),
  }
}
