// The level that other processes see, as the memory level sees it: what fails or is slow is a miss, and is left alone for
// a while. What was to be forgotten meanwhile is told before anything is read again.

import { createPause } from '../pause.ts'
import { type Entry, readEntry, writeEntry } from './entry.ts'
import type { CacheMetrics } from './metrics.ts'
import type { CacheStore, StoreListener } from './store.ts'

export interface SharedLevel {
  /**
   * @param generation given to the scope where it has none
   * @returns the generation of the scope, and its entry if there is one of that generation; undefined where nobody knows
   */
  read(scope: string, key: string, generation: string): Promise<{ generation: string; entry?: Entry } | undefined>
  write(key: string, entry: Entry): Promise<void>
  /** Settles when it has been told, or when that has failed and will be made up for. */
  replace(scope: string, generation: string): Promise<void>
  /** Settles when it listens, or will by itself. */
  listen(listener: StoreListener): Promise<void>
  close(): Promise<void>
}

export interface SharedLevelOptions {
  timeoutMs: number
  metrics: CacheMetrics
}

export function createSharedLevel(store: CacheStore, { timeoutMs, metrics }: SharedLevelOptions): SharedLevel {
  const { attempt } = createPause({ timeoutMs })
  /** By scope, what others have not been told yet. */
  const untold = new Map<string, string>()

  const ask = <Result>(operation: 'get' | 'set' | 'forget', step: () => Promise<Result>) =>
    attempt(() => metrics.measure(store.name, operation, step, timeoutMs))

  async function tell(scope: string): Promise<boolean> {
    const generation = untold.get(scope)
    if (generation === undefined) return true
    const told = await ask('forget', () => store.replace(scope, generation))
    if (told && untold.get(scope) === generation) untold.delete(scope)
    return told !== undefined
  }

  return {
    async read(scope, key, generation) {
      if (untold.has(scope) && !(await tell(scope))) return undefined
      const found = await ask('get', () => store.read(scope, key))
      if (!found) return undefined
      const current = found.result.generation
      if (current === undefined) {
        await ask('set', () => store.begin(scope, generation))
        return undefined
      }
      const entry = readEntry(found.result.entry)
      return { generation: current, ...(entry?.generation === current && { entry }) }
    },

    async write(key, entry) {
      const ttlMs = Math.ceil(entry.staleUntilMs - Date.now())
      if (ttlMs > 0) await ask('set', () => store.write(key, writeEntry(entry), ttlMs))
    },

    async replace(scope, generation) {
      untold.set(scope, generation)
      await tell(scope)
    },

    async listen({ replaced, resumed }) {
      const unlessOurs = (scope: string, generation: string) => {
        if (!untold.has(scope)) replaced(scope, generation)
      }
      await store.listen?.({ replaced: unlessOurs, resumed })
    },

    close: () => store.close(),
  }
}
