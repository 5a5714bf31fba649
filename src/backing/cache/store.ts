// What stands behind the memory level, and other processes see as well: files, Redis or Memcached. All of them can do
// the little that is asked of them here, and may lose anything at any time.

export interface CacheStore {
  name: 'file' | 'redis' | 'memcached'
  /** Takes an entry and the generation of its scope, in one go. */
  read(scope: string, key: string): Promise<{ generation: string | undefined; entry: string | undefined }>
  /** @param ttlMs how long it is kept at the most */
  write(key: string, entry: string, ttlMs: number): Promise<void>
  /** Gives a scope a generation, unless it has one. */
  begin(scope: string, generation: string): Promise<void>
  /** Gives a scope another generation, which makes all entries of those before worthless. */
  replace(scope: string, generation: string): Promise<void>
  /** Has told what others replace; undefined where a store can't. */
  listen?(listener: StoreListener): Promise<void>
  close(): Promise<void>
}

export interface StoreListener {
  replaced(scope: string, generation: string): void
  /** Messages may have been missed before. */
  resumed(): void
}
