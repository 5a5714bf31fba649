// The level that several processes share. A slow or failing store is a miss, and the store's circuit breaker opens. An
// invalidation that could not be published is retried every second, and before the function's entries are read again.

import { randomUUID } from 'node:crypto'
import { type Entry, readEntry, writeEntry } from './entry.ts'
import { storeKey } from './key.ts'
import type { CacheMetrics, Operation } from './metrics.ts'
import type { CacheStore } from './store.ts'

export interface SharedLevel {
  /** @returns the scope's generation and the entry, which may be of an older generation; undefined where unavailable */
  read(scope: string, key: string): Promise<{ generation: string; entry?: Entry | undefined } | undefined>
  /** Never rejects, and settles within the time limit. */
  write(scope: string, key: string, entry: Entry, nowMs: number): Promise<void>
  /** Invalidates all entries of the scope. Settles when that is published, or has failed and will be retried. */
  invalidate(scope: string): Promise<void>
  close(): Promise<void>
}

const RETRY_MS = 1000

export function createSharedLevel(store: CacheStore, metrics: CacheMetrics): SharedLevel {
  /** By scope, the number of invalidations since the last one that was published. */
  const unpublished = new Map<string, number>()
  const publishing = new Map<string, Promise<boolean>>()
  let timer: NodeJS.Timeout | undefined

  return {
    async read(scope, key) {
      if (unpublished.has(scope) && !(await (publishing.get(scope) ?? publish(scope)))) return undefined
      const found = await attempt('get', () => store.read(scope, storeKey(scope, key)))
      if (!found) return undefined
      const { generation, entry } = found.result
      return generation === undefined ? begin(scope) : { generation, entry: readEntry(entry) }
    },

    async write(scope, key, entry, nowMs) {
      const ttlMs = entry.staleUntilMs - nowMs
      if (ttlMs > 0) await attempt('set', () => store.write(storeKey(scope, key), writeEntry(entry), ttlMs))
    },

    async invalidate(scope) {
      unpublished.set(scope, (unpublished.get(scope) ?? 0) + 1)
      await publish(scope)
    },

    async close() {
      await Promise.all([...unpublished.keys()].map(publish))
      clearTimeout(timer)
      await store.close()
    },
  }

  function attempt<Result>(operation: Operation, call: () => Promise<Result>) {
    return store.breaker.attempt(call, (outcome, durationMs) =>
      metrics.observe({ store: store.name, operation, outcome }, durationMs),
    )
  }

  /** Always a new generation: invalidated entries of an earlier one may still be in the store. */
  async function begin(scope: string) {
    const generation = randomUUID()
    const begun = await attempt('set', () => store.begin(scope, generation))
    return begun?.result ? { generation } : undefined
  }

  function publish(scope: string): Promise<boolean> {
    const invalidations = unpublished.get(scope)
    const publication = attempt('forget', () => store.replace(scope, randomUUID())).then((done) => {
      if (publishing.get(scope) === publication) publishing.delete(scope)
      if (done && unpublished.get(scope) === invalidations) unpublished.delete(scope)
      if (!done) retryLater()
      return done !== undefined
    })
    publishing.set(scope, publication)
    return publication
  }

  function retryLater() {
    timer ??= setTimeout(() => {
      timer = undefined
      for (const scope of unpublished.keys()) void publish(scope)
    }, RETRY_MS).unref()
  }
}
