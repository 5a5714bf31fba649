// The level that other processes see, as the memory level sees it: what fails or is slow is a miss, and is left alone for
// a while. What was to be forgotten meanwhile is told as soon as that works, and before anything is read again.

import { randomUUID } from 'node:crypto'
import { type Entry, readEntry, writeEntry } from './entry.ts'
import { storeKey } from './key.ts'
import type { CacheMetrics, Operation } from './metrics.ts'
import type { CacheStore } from './store.ts'

export interface SharedLevel {
  /**
   * @returns the generation of the scope, and what is kept under the key, of whichever generation; undefined where
   *   nobody knows
   */
  read(scope: string, key: string): Promise<{ generation: string; entry?: Entry | undefined } | undefined>
  /** Settles at the latest when the time is over. */
  write(scope: string, key: string, entry: Entry, nowMs: number): Promise<void>
  /** Makes all entries of the scope worthless. Settles when that is told, or has failed and will be made up for. */
  forget(scope: string): Promise<void>
  close(): Promise<void>
}

const TELL_AGAIN_MS = 1000

export function createSharedLevel(store: CacheStore, metrics: CacheMetrics): SharedLevel {
  /** By scope, how often it has been forgotten since others were told. */
  const untold = new Map<string, number>()
  const tellings = new Map<string, Promise<boolean>>()
  let timer: NodeJS.Timeout | undefined

  return {
    async read(scope, key) {
      if (untold.has(scope) && !(await (tellings.get(scope) ?? tell(scope)))) return undefined
      const found = await ask('get', () => store.read(scope, storeKey(scope, key)))
      if (!found) return undefined
      const { generation, entry } = found.result
      return generation === undefined ? begin(scope) : { generation, entry: readEntry(entry) }
    },

    async write(scope, key, entry, nowMs) {
      const ttlMs = entry.staleUntilMs - nowMs
      if (ttlMs > 0) await ask('set', () => store.write(storeKey(scope, key), writeEntry(entry), ttlMs))
    },

    async forget(scope) {
      untold.set(scope, (untold.get(scope) ?? 0) + 1)
      await tell(scope)
    },

    async close() {
      await Promise.all([...untold.keys()].map(tell))
      clearTimeout(timer)
      await store.close()
    },
  }

  function ask<Result>(operation: Operation, step: () => Promise<Result>) {
    return store.breaker.attempt(step, (outcome, durationMs) =>
      metrics.observe({ store: store.name, operation, outcome }, durationMs),
    )
  }

  /** Never a generation that was there before: entries of it may be left, and may have been forgotten. */
  async function begin(scope: string) {
    const generation = randomUUID()
    const begun = await ask('set', () => store.begin(scope, generation))
    return begun?.result ? { generation } : undefined
  }

  function tell(scope: string): Promise<boolean> {
    const times = untold.get(scope)
    const telling = ask('forget', () => store.replace(scope, randomUUID())).then((told) => {
      if (tellings.get(scope) === telling) tellings.delete(scope)
      if (told && untold.get(scope) === times) untold.delete(scope)
      if (!told) tellAgain()
      return told !== undefined
    })
    tellings.set(scope, telling)
    return telling
  }

  function tellAgain() {
    timer ??= setTimeout(() => {
      timer = undefined
      for (const scope of untold.keys()) void tell(scope)
    }, TELL_AGAIN_MS).unref()
  }
}
