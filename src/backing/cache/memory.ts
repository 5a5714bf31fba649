// The memory level: what this process has seen last, within bounds.

import { LRUCache } from 'lru-cache'
import type { Entry } from './entry.ts'

export interface MemoryEntry extends Omit<Entry, 'json'> {
  /** Until when it is believed without asking the store behind, which others write to. */
  believedUntilMs: number
}

export interface MemoryLevel {
  get(key: string): MemoryEntry | undefined
  /** @param size about how many bytes it takes */
  set(key: string, entry: MemoryEntry, size: number): void
  /** Has each entry confirmed by the store before it is used again. */
  doubt(): void
  /** The number of entries. */
  size(): number
}

export interface MemoryBounds {
  maxEntries: number
  maxBytes: number
}

/** Beyond the bounds, what was used least recently goes first. What alone is beyond them is not kept. */
export function createMemoryLevel({ maxEntries, maxBytes }: MemoryBounds): MemoryLevel {
  const entries = new LRUCache<string, MemoryEntry>({ max: maxEntries, maxSize: maxBytes })

  return {
    get: (key) => entries.get(key),
    set: (key, entry, size) => void entries.set(key, entry, { size }),
    doubt() {
      for (const entry of entries.values()) entry.believedUntilMs = 0
    },
    size: () => entries.size,
  }
}
