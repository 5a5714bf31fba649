// What Prometheus is told of the cache, from when a feature first uses it.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export type Outcome = 'hit' | 'stale' | 'miss'
export type Operation = 'get' | 'set' | 'forget'

export interface CacheMetrics {
  /** Counts the calls of one cached function. */
  counts(cache: string): Record<Outcome, () => void>
  observe(labels: { store: string; operation: Operation; outcome: 'ok' | 'error' }, durationMs: number): void
}

/** @param entries how many are in memory */
export function createCacheMetrics(registry: Registry, entries: () => number): CacheMetrics {
  const registers = [registry]
  const requests = new Counter({
    name: 'cache_requests_total',
    help: 'Calls of cached functions, by whether the result was there or on its way, was old, or had to be made.',
    labelNames: ['cache', 'outcome'],
    registers,
  })
  const durations = new Histogram({
    name: 'cache_store_duration_seconds',
    help: 'How long the store behind the memory took.',
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
      const count = (outcome: Outcome) => {
        const counter = requests.labels(cache, outcome)
        return () => counter.inc()
      }
      return { hit: count('hit'), stale: count('stale'), miss: count('miss') }
    },
    observe: ({ store, operation, outcome }, durationMs) =>
      durations.labels(store, operation, outcome).observe(durationMs / 1000),
  }
}
