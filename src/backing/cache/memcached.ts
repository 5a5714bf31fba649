import memjs from 'memjs'
import type { Attached } from '../../chassis/bindings.ts'
import { storeKey } from './key.ts'
import type { CacheStore } from './store.ts'

const DEFAULT_PORT = '11211'

/** Memcached's own limit; more is refused by the server. */
const MAX_BYTES = 1024 * 1024 - 1024

/** Beyond 30 days Memcached takes a number of seconds for a date. */
const MAX_SECONDS = 30 * 24 * 60 * 60

/** A generation that is gone is a miss for all of its entries, so it is kept long. */
const KEPT = { expires: 0 }

/** Keys are spread over all servers by their hash. */
export function createMemcachedStore({ urls }: Attached, timeoutMs: number): CacheStore {
  const addresses = urls.map((url) => new URL(url))
  const [{ username, password } = new URL('memcached://')] = addresses
  const servers = addresses.map(({ hostname, port }) => `${hostname}:${port || DEFAULT_PORT}`)
  const client = memjs.Client.create(servers.join(','), {
    timeout: timeoutMs / 1000,
    conntimeout: timeoutMs / 1000,
    retries: 1,
    keepAlive: true,
    // It would write to the console. What fails is told by whoever asked.
    logger: { log() {} },
    ...(username && { username: decodeURIComponent(username), password: decodeURIComponent(password) }),
  })
  const read = async (key: string) => (await client.get(storeKey(key))).value?.toString()

  return {
    name: 'memcached',

    async read(scope, key) {
      const [generation, entry] = await Promise.all([read(scope), read(key)])
      return { generation, entry }
    },

    async write(key, entry, ttlMs) {
      if (Buffer.byteLength(entry) > MAX_BYTES) return
      const expires = Math.min(Math.ceil(ttlMs / 1000), MAX_SECONDS)
      await client.set(storeKey(key), entry, { expires })
    },

    begin: async (scope, generation) => void (await client.add(storeKey(scope), generation, KEPT)),
    replace: async (scope, generation) => void (await client.set(storeKey(scope), generation, KEPT)),
    close: async () => client.close(),
  }
}
