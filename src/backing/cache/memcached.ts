// One Memcached. Of several, each has a store, a circuit breaker and generations of its own, so that one that is down
// takes nothing but its share of the entries (partitions.ts).

import memjs from 'memjs'
import { createCircuitBreaker } from '../circuit-breaker.ts'
import type { OutageLog } from '../outage-log.ts'
import type { CacheStore } from './store.ts'

const DEFAULT_PORT = 11211

/** Memcached refuses items larger than a megabyte, including the key and metadata. */
const MAX_BYTES = 1024 * 1024 - 1024

/** Memcached interprets an expiry above 30 days as a date. */
const MAX_SECONDS = 30 * 24 * 60 * 60

export interface MemcachedStoreOptions {
  timeoutMs: number
  outages: OutageLog
}

export function createMemcachedStore(url: string, { timeoutMs, outages }: MemcachedStoreOptions): CacheStore {
  let client = connect(url, timeoutMs)
  const read = async (key: string) => (await client.get(key)).value?.toString()
  const breaker = createCircuitBreaker({ timeoutMs, outages, isReply, opened: reconnect })

  return {
    name: 'memcached',
    breaker,

    async read(scope, key) {
      const [generation, entry] = await Promise.all([read(scope), read(key)])
      return { generation, entry }
    },

    async write(key, entry, ttlMs) {
      if (Buffer.byteLength(entry) > MAX_BYTES) return
      await client.set(key, entry, { expires: Math.min(Math.ceil(ttlMs / 1000), MAX_SECONDS) })
    },

    begin: (scope, generation) => client.add(scope, generation),
    replace: async (scope, generation) => void (await client.set(scope, generation)),
    close: async () => disconnect(client),
  }

  /** On an old connection, the rest of a late or interrupted reply would be parsed as the start of the next one. */
  function reconnect() {
    const failed = client
    client = connect(url, timeoutMs)
    disconnect(failed)
  }
}

/** Connects on the first command. */
function connect(url: string, timeoutMs: number) {
  // The breaker's limit comes first, and makes it reconnect; the client's own limits clean up what is left over.
  const limitSeconds = (2 * timeoutMs) / 1000
  const options = { timeout: limitSeconds, conntimeout: limitSeconds, keepAlive: true }
  const { hostname, port, username, password } = new URL(url)
  const server = new memjs.Server(
    hostname.replace(/^\[|\]$/g, ''),
    Number(port || DEFAULT_PORT),
    decodeURIComponent(username),
    decodeURIComponent(password),
    options,
  )
  // Its logger would write to the console; failures are logged by the breaker.
  return new memjs.Client([server], { retries: 1, logger: { log() {} } })
}

function disconnect({ servers }: memjs.Client) {
  for (const server of servers) server.error(new Error('The connection was closed by the cache.'))
}

/** The client begins the message of an error with its own name where a server replied with an error status. */
const isReply = (error: unknown) => error instanceof Error && error.message.startsWith('MemJS ')
