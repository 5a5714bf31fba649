// The settings of the backing services; where they are is read by chassis/bindings/.

import { type Config, integer, oneOf, optional, text } from '../chassis/config.ts'
import type { Bindings } from '../ports/bindings.ts'

export type BackingConfig = Config<typeof backingSettings>

export const backingSettings = {
  DATA_DIR: text('the folder of what is embedded: the SQLite file and the file cache', 'data'),
  DATABASE_POOL_MAX: integer('connections to PostgreSQL that this process may hold at once', 5, { min: 1, max: 1000 }),
  DATABASE_TIMEOUT_MS: integer(
    'how long a statement may take, or wait for another; beyond it the answer is 503',
    2000,
    {
      min: 1,
      max: 600_000,
    },
  ),
  DATABASE_CONNECT_MS: optional(
    integer('how long connecting again, or waiting for a connection, may take; otherwise as a statement', undefined, {
      min: 1,
      max: 600_000,
    }),
  ),
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
    max: 1_000_000,
  }),
  CACHE_MAX_BYTES: integer('bytes of the cache in memory, and in files', 8 * 1024 * 1024, { min: 1024 }),
  KEY_PREFIX: optional(text('what every key in Redis or Memcached begins with; otherwise the name of the service')),
}

/** Complains of a cache that can't be had. */
export function cacheComplaints({ CACHE }: BackingConfig, bindings: Bindings): string[] {
  const [redis, memcached] = [bindings.of('redis'), bindings.of('memcached')]
  if ((CACHE === 'redis' && !redis) || (CACHE === 'memcached' && !memcached)) {
    return [`CACHE must not be ${CACHE} where none is bound: set ${CACHE.toUpperCase()}_URL or bind one`]
  }
  // Its client does not speak TLS, and would send the password in clear.
  if (memcached?.tls && (CACHE === 'memcached' || (CACHE === undefined && !redis))) {
    return [`${memcached.name} wants TLS, which is not spoken to Memcached: bind a Redis, or set CACHE to memory`]
  }
  return []
}
