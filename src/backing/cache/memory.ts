// The memory level: what this process has seen last, within bounds.

import { LRUCache } from 'lru-cache'

export interface MemoryEntry {
  value: unknown
  generation: string
  /** Until when it is as good as new, by Date.now(). */
  freshUntilMs: number
  /** Until when it may be returned while a newer one is fetched. */
  staleUntilMs: number
  /** Until when it is believed without asking the store behind, which others write to. */
  believedUntilMs: number
}

export interface MemoryLevel {
  get(key: string): MemoryEntry | undefined
  /** @param bytes about how much it takes */
  set(key: string, entry: MemoryEntry, bytes: number): void
  delete(key: string): void
  clear(): void
}

export interface MemoryBounds {
  maxEntries: number
  maxBytes: number
}

/** Beyond the bounds, what was used least recently goes first. */
export function createMemoryLevel({ maxEntries, maxBytes }: MemoryBounds): MemoryLevel {
  const entries = new LRUCache<string, MemoryEntry>({ max: maxEntries, maxSize: maxBytes })

  return {
    get: (key) => entries.get(key),
    set: (key, entry, bytes) => void entries.set(key, entry, { size: Math.max(1, bytes) }),
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  }
}
