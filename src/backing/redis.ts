// The connection to Redis that the cache, the rate limit and the counters share. Its client costs 50 ms and 20 MB, so
// it is imported on first use. Users must be able to do without Redis: every attempt ends soon, successful or not.
//
// A connection is kept only to a primary. It is checked after connecting and every two seconds, also where it is idle,
// as that of a subscriber; and a reply that only another server gives ends it at once. The host name is resolved again
// whenever the client reconnects, so after a failover all connections lead to the new primary.

import type { Redis } from 'ioredis'
import type { Binding } from '../ports/bindings.ts'
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts'
import { lazy } from './lazy.ts'
import { createOutageLog } from './outage-log.ts'
import { isReply, isWrongServer, whyNoLongerUsable, whyUnusable } from './redis-role.ts'
import type { BackingRuntime } from './runtime.ts'
import { tlsOptions } from './tls.ts'

export interface RedisPort {
  /** Undefined where no Redis is bound. */
  binding: Binding | undefined
  /** Every command goes through this breaker; while it is open, Redis is not called. */
  breaker: CircuitBreaker
  /** The connection for commands, which fail at once while it is down. */
  open(): Promise<Redis>
  /** A separate connection, since a subscribed one can't send other commands. */
  openSubscriber(): Promise<Redis>
  close(): Promise<void>
}

const DEFAULT_PORT = 6379

/** How long connecting may take, and how long a connection with a pending command may be silent. */
const SILENCE_MS = 2000

/** How often the role of the server is checked. */
const CHECK_MS = 2000

/** After this time without a wrong server, the client reconnects quickly again. */
const CALM_MS = 10_000

export function createRedisPort({
  bindings,
  config,
  log,
}: Pick<BackingRuntime, 'bindings' | 'config' | 'log'>): RedisPort {
  const binding = bindings.of('redis')
  const outages = createOutageLog(log, 'Redis')
  const connections: Redis[] = []
  /** Those that are being closed, in order to reconnect. */
  const leaving = new Set<Redis>()
  let closed = false
  let wrongServers = 0
  let wrongSinceMs = Number.NEGATIVE_INFINITY

  return {
    binding,
    breaker: createCircuitBreaker({
      timeoutMs: config.CACHE_TIMEOUT_MS,
      // The errors within a transaction are known only here.
      outages: { failed: (error) => (isWrongServer(error) ? leave(error) : outages.failed(error)), answered },
      isReply,
    }),
    open: lazy(connect),
    openSubscriber: lazy(connect),
    close: async () => {
      closed = true
      for (const connection of connections) disconnect(connection)
    },
  }

  async function connect(): Promise<Redis> {
    if (!binding) throw new Error('No Redis is bound.')
    const [{ Redis }, tls] = await Promise.all([import('ioredis'), tlsOptions(binding)])
    if (closed) throw new Error('The service is stopping.')
    const { urls } = binding
    let server = 0
    const redis = new Redis(urls[server]!, {
      ...(tls && { tls }),
      lazyConnect: true,
      enableOfflineQueue: false,
      // The client's own check would write to the console where the user may not read INFO.
      enableReadyCheck: false,
      maxRetriesPerRequest: 0,
      connectTimeout: SILENCE_MS,
      socketTimeout: SILENCE_MS,
      autoResubscribe: false,
      reconnectOnError(error) {
        if (isWrongServer(error)) leave(error)
        return false
      },
      retryStrategy(attempt) {
        server = (server + 1) % urls.length
        if (urls.length > 1) Object.assign(redis.options, addressOf(urls[server]!))
        return retryAfterMs(Math.max(attempt, wrongServers))
      },
    })
    connections.push(redis)
    let checked = Promise.resolve()
    redis.on('error', outages.failed)
    redis.on('close', () => leaving.delete(redis))
    redis.on('ready', () => {
      checked = check(redis, whyUnusable)
    })
    const checking = setInterval(() => check(redis, whyNoLongerUsable), CHECK_MS).unref()
    redis.on('end', () => clearInterval(checking))
    // The client keeps trying by itself; until it is connected, commands fail at once.
    await redis.connect().catch(() => {})
    await checked
    return redis
  }

  /** A connection that is lost meanwhile reports that by itself. */
  async function check(redis: Redis, reasonOf: (redis: Redis) => Promise<string | undefined>) {
    if (redis.status !== 'ready') return
    await reasonOf(redis).then(
      (reason) => (reason ? leave(new Error(reason)) : answered()),
      () => {},
    )
  }

  function answered() {
    if (performance.now() > wrongSinceMs + CALM_MS) wrongServers = 0
    outages.answered()
  }

  /** Reconnects all connections: those that are idle would not notice. */
  function leave(error: unknown) {
    outages.failed(error)
    const ready = connections.filter((connection) => connection.status === 'ready' && !leaving.has(connection))
    if (ready.length === 0) return
    wrongServers += 1
    wrongSinceMs = performance.now()
    for (const connection of ready) {
      leaving.add(connection)
      connection.disconnect(true)
    }
  }
}

function addressOf(url: string) {
  const { hostname, port, username, password } = new URL(url)
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || DEFAULT_PORT),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  }
}

/** ioredis handles one error of a stream, but a TLS stream that is closed during its handshake may emit two. */
function disconnect(connection: Redis) {
  connection.stream?.on('error', () => {})
  connection.disconnect()
}

/** Exponential backoff up to two seconds, half of it random, so that instances don't reconnect all at once. */
function retryAfterMs(attempt: number): number {
  const longest = Math.min(50 * 2 ** attempt, 2000)
  return longest * (0.5 + Math.random() / 2)
}
