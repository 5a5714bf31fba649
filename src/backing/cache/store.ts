// What the shared level needs from a store behind the memory: files, Redis or Memcached. A store may lose anything at
// any time.

import type { CircuitBreaker } from '../circuit-breaker.ts'

export interface CacheStore {
  name: 'file' | 'redis' | 'memcached'
  /** Every call of the store goes through this breaker. */
  breaker: CircuitBreaker
  /** Reads an entry and the generation of its scope in one round trip. */
  read(scope: string, key: string): Promise<{ generation: string | undefined; entry: string | undefined }>
  /** @param ttlMs how long to keep the entry at most */
  write(key: string, entry: string, ttlMs: number): Promise<void>
  /** Gives a scope a generation, unless it has one. @returns whether it had none */
  begin(scope: string, generation: string): Promise<boolean>
  /** Gives a scope a new generation, which invalidates all entries of earlier ones. */
  replace(scope: string, generation: string): Promise<void>
  /** Subscribes to replacements by other processes; absent where the store has no pub/sub. */
  subscribe?(subscriber: StoreSubscriber): Promise<void>
  close(): Promise<void>
}

export interface StoreSubscriber {
  /** Another process has replaced the generation of this scope. */
  replaced(scope: string): void
  /** The subscription has begun, or begun again: earlier messages may have been missed. */
  resumed(): void
}
