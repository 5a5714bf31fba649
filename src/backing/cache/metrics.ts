// What Prometheus is told of the cache, from when a feature first uses it.

import { Counter, Histogram, type Registry } from 'prom-client'

export type Outcome = 'hit' | 'stale' | 'miss'

export interface CacheMetrics {
  /** Counts the calls of one cached function. */
  counts(cache: string): Record<Outcome, () => void>
  /** Measures what a store is asked. What takes longer than the limit counts as an error. */
  measure<Result>(
    store: string,
    operation: 'get' | 'set' | 'forget',
    step: () => Promise<Result>,
    timeoutMs: number,
  ): Promise<Result>
}

export function createCacheMetrics(registry: Registry): CacheMetrics {
  const registers = [registry]
  const requests = new Counter({
    name: 'cache_requests_total',
    help: 'Calls of cached functions, by whether the result was there, was there but old, or had to be made.',
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

  return {
    counts(cache) {
      const count = (outcome: Outcome) => {
        const counter = requests.labels(cache, outcome)
        return () => counter.inc()
      }
      return { hit: count('hit'), stale: count('stale'), miss: count('miss') }
    },

    async measure(store, operation, step, timeoutMs) {
      const startedMs = performance.now()
      let observed = false
      const observe = (outcome: 'ok' | 'error') => {
        if (!observed) durations.labels(store, operation, outcome).observe((performance.now() - startedMs) / 1000)
        observed = true
      }
      const late = setTimeout(observe, timeoutMs, 'error')
      try {
        const result = await step()
        observe('ok')
        return result
      } catch (error) {
        observe('error')
        throw error
      } finally {
        clearTimeout(late)
      }
    },
  }
}
