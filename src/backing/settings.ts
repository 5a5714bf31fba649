// The settings of the backing services; where they are is read by chassis/bindings.ts.

import type { Bindings } from '../chassis/bindings.ts'
import { type Config, integer, oneOf, optional, text } from '../chassis/config.ts'

export type BackingConfig = Config<typeof backingSettings>

export const backingSettings = {
  DATA_DIR: text('the folder of what is embedded: the SQLite file and the file cache', 'data'),
  DATABASE_POOL_MAX: integer('connections to PostgreSQL that this process may hold at once', 5, { min: 1, max: 1000 }),
  DATABASE_TIMEOUT_MS: integer('how long a connection or a statement may take; beyond it the answer is 503', 2000, {
    min: 1,
    max: 600_000,
  }),
  CACHE: optional(
    oneOf('memory, file, redis or memcached; otherwise what is bound, or memory', [
      'memory',
      'file',
      'redis',
      'memcached',
    ]),
  ),
  CACHE_TIMEOUT_MS: integer('how long a shared cache may take for an answer; beyond it, it is done without', 50, {
    min: 1,
    max: 10_000,
  }),
  CACHE_MEMORY_SECONDS: integer('how long a copy in memory is believed where other processes write as well', 1, {
    max: 3600,
  }),
  CACHE_MAX_ENTRIES: integer('entries of the cache in memory, and in files; the least recently used go first', 1024, {
    min: 1,
  }),
  CACHE_MAX_BYTES: integer('bytes of the cache in memory, and in files', 8 * 1024 * 1024, { min: 1024 }),
  KEY_PREFIX: optional(text('what every key in Redis or Memcached begins with; otherwise the name of the service')),
}

/** Complains of a choice that can't be made, since there is nothing to choose. */
export function missingChoices({ CACHE }: BackingConfig, bindings: Bindings): string[] {
  if ((CACHE !== 'redis' && CACHE !== 'memcached') || bindings.of(CACHE)) return []
  return [`CACHE must not be ${CACHE} where none is bound: set ${CACHE.toUpperCase()}_URL or bind one`]
}
