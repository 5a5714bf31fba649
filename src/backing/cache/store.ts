// What stands behind the memory level, and other processes see as well: files, Redis or Memcached. All of them can do
// the little that is asked of them here, and may lose anything at any time.

import type { CircuitBreaker } from '../circuit-breaker.ts'

export interface CacheStore {
  name: 'file' | 'redis' | 'memcached'
  /** Whatever is asked goes through it, so that a store that fails is left alone. */
  breaker: CircuitBreaker
  /** Takes an entry and the generation of its scope, in one go. */
  read(scope: string, key: string): Promise<{ generation: string | undefined; entry: string | undefined }>
  /** @param ttlMs how long it is kept at the most */
  write(key: string, entry: string, ttlMs: number): Promise<void>
  /** Gives a scope a generation, unless it has one. @returns whether it has been given */
  begin(scope: string, generation: string): Promise<boolean>
  /** Gives a scope another generation, which makes all entries of those before worthless. */
  replace(scope: string, generation: string): Promise<void>
  /** Has told what others replace; undefined where a store can't. */
  listen?(listener: StoreListener): Promise<void>
  close(): Promise<void>
}

export interface StoreListener {
  /** Another process has replaced the generation of this scope. */
  replaced(scope: string): void
  /** Messages may have been missed before. */
  resumed(): void
}
