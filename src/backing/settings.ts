// The settings of the backing services. Their addresses are read by chassis/bindings.ts.

import { type Config, integer, oneOf, optional, text } from '../chassis/config.ts'
import type { Bindings } from '../ports/bindings.ts'

export type BackingConfig = Config<typeof backingSettings>

export const backingSettings = {
  DATA_DIR: text('the folder of the embedded SQLite file and of the file cache', 'data'),
  DATABASE_POOL_MAX: integer('maximum number of connections to PostgreSQL of this process', 5, { min: 1, max: 1000 }),
  DATABASE_TIMEOUT_MS: integer(
    'time limit of a statement, including waiting for locks; beyond it the response is 503',
    2000,
    { min: 1, max: 600_000 },
  ),
  DATABASE_CONNECT_MS: optional(
    integer('time limit of connecting, or of waiting for a connection; DATABASE_TIMEOUT_MS by default', undefined, {
      min: 1,
      max: 600_000,
    }),
  ),
  CACHE: optional(
    oneOf('memory, file, redis or memcached; by default the one that is bound, or memory', [
      'memory',
      'file',
      'redis',
      'memcached',
    ]),
  ),
  CACHE_TIMEOUT_MS: integer('time limit of a shared cache; beyond it the call counts as a miss', 50, {
    min: 1,
    max: 10_000,
  }),
  CACHE_MEMORY_SECONDS: integer(
    'how long an entry in memory is used before it is revalidated, if other processes write, too',
    1,
    { max: 3600 },
  ),
  CACHE_MAX_ENTRIES: integer(
    'maximum number of entries in memory, and in files; the least recently used go first',
    1024,
    { min: 1, max: 1_000_000 },
  ),
  CACHE_MAX_BYTES: integer('maximum size in bytes of the cache in memory, and in files', 8 * 1024 * 1024, {
    min: 1024,
  }),
  KEY_PREFIX: optional(text('prefix of every key in Redis and Memcached; the name of the service by default')),
}

/** Complaints about a cache that can't be used. */
export function cacheComplaints({ CACHE }: BackingConfig, bindings: Bindings): string[] {
  const [redis, memcached] = [bindings.of('redis'), bindings.of('memcached')]
  if ((CACHE === 'redis' && !redis) || (CACHE === 'memcached' && !memcached)) {
    return [`CACHE must not be ${CACHE} where none is bound: set ${CACHE.toUpperCase()}_URL or bind one`]
  }
  // The client does not support TLS and would send the password in plain text.
  if (memcached?.tls && (CACHE === 'memcached' || (CACHE === undefined && !redis))) {
    return [
      `${memcached.name} requires TLS, which is not supported for Memcached: bind a Redis, or set CACHE to memory`,
    ]
  }
  return []
}
