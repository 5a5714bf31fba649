// The connections to PostgreSQL: a pool for each host of the cluster, one of which is in use.

import pg from 'pg'
import type { Binding } from '../../../ports/bindings.ts'
import type { Log } from '../../../ports/log.ts'
import { tlsOptions } from '../../tls.ts'
import { failToConnect } from '../outage.ts'
import { addressesOf } from './addresses.ts'
import { checkSession, createClient } from './session-settings.ts'
import { isConnectionLimit, isRefusedParameter } from './sqlstate.ts'

export interface PoolOptions {
  /** The name that the server shows for these connections. */
  applicationName: string
  /** The maximum number of connections. */
  max: number
  /** Bounds the wait for a connection, and the making of one. */
  connectMs: number
  /** Bounds a statement; undefined means no limit. */
  statementMs?: number | undefined
  /** Reports what the operator should fix. Called for each occurrence. */
  warn(warning: string): void
  log: Log
}

export interface Pools {
  connect(): Promise<Connection>
  count(): Record<'idle' | 'busy' | 'waiting', number>
  close(): Promise<void>
}

/** A connection checked out of a pool. */
export interface Connection {
  client: pg.PoolClient
  /** Whether the server bounds statements. If not, one that takes too long has to be cancelled. */
  isBounded: boolean
}

export async function openPools(binding: Binding, options: PoolOptions): Promise<Pools> {
  const ssl = await sslOptions(binding)
  const urls = binding.urls.flatMap(addressesOf)
  const hosts = urls.map((url) => createHost(url, { ...options, ssl, isCluster: urls.length > 1 }))
  const sum = (count: (pool: pg.Pool) => number) => hosts.reduce((total, { pool }) => total + count(pool), 0)

  return {
    connect: createConnector(hosts),
    count: () => ({
      idle: sum(({ idleCount }) => idleCount),
      busy: sum(({ totalCount, idleCount }) => totalCount - idleCount),
      waiting: sum(({ waitingCount }) => waitingCount),
    }),
    close: async () => void (await Promise.all(hosts.map(({ pool }) => pool.end()))),
  }
}

interface Host {
  pool: pg.Pool
  connect(): Promise<Connection>
}

interface HostOptions extends PoolOptions {
  ssl: Awaited<ReturnType<typeof sslOptions>>
  isCluster: boolean
}

/** The client's limit is this much longer than the server's, so it only acts if the server does not. */
const CLIENT_EXTRA_MS = 100

/** How long the pool stays at the number of connections that the server granted, before it tries to make more. */
const SMALLER_MS = 1000

function createHost(url: string, options: HostOptions): Host {
  const { max, statementMs, connectMs, warn } = options
  const bounded = new WeakSet<pg.ClientBase>()
  let isPooled = false
  let growing: NodeJS.Timeout | undefined
  const pool = createPool(url, options, {
    createClient: (config) => createClient(config, { isPooled, statementMs }),
    async onConnect(client) {
      const { isBounded } = await checkSession(client, options)
      if (isBounded) bounded.add(client)
      else warn(UNBOUNDED)
    },
  })

  return {
    pool,
    async connect() {
      const endMs = performance.now() + connectMs
      for (;;) {
        const wasPooled = isPooled
        try {
          const client = await pool.connect()
          return { client, isBounded: bounded.has(client) }
        } catch (error) {
          if (!canRetry(error as Error, wasPooled) || performance.now() > endMs) throw error
        }
      }
    },
  }

  function canRetry(error: Error, wasPooled: boolean): boolean {
    if (!isRefusedParameter(error)) return isConnectionLimit(error) && waitForOwn()
    isPooled = true
    return !wasPooled
  }

  /** The server grants no more connections, so queries wait for those that this process has. @returns whether it has any */
  function waitForOwn(): boolean {
    if (pool.totalCount === 0) return false
    warn(TOO_FEW)
    pool.options.max = pool.totalCount
    clearTimeout(growing)
    growing = setTimeout(() => {
      pool.options.max = max
    }, SMALLER_MS).unref()
    return true
  }
}

const UNBOUNDED =
  'the connection pooler does not pass statement_timeout on: slow statements are cancelled by this process, and continue if it is killed; set a statement_timeout for the role'

const TOO_FEW =
  'PostgreSQL or its pooler accepts fewer connections than DATABASE_POOL_MAX times the number of processes: lower it, or raise the limit'

interface PoolHooks {
  createClient(config: pg.ClientConfig): pg.Client
  onConnect(client: pg.ClientBase): Promise<void>
}

function createPool(url: string, options: HostOptions, { createClient, onConnect }: PoolHooks): pg.Pool {
  const { applicationName, max, connectMs, statementMs, log, ssl } = options
  const pool = new pg.Pool({
    connectionString: withoutTls(url),
    ssl,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: connectMs,
    ...(statementMs && { query_timeout: statementMs + CLIENT_EXTRA_MS }),
    // Where statements have no limit, this detects a server that vanished: after 10 s and some probes.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types,
    onConnect,
    // The pool calls it with `new`, which an arrow function does not allow.
    Client: function ClientOfPool(config: pg.ClientConfig) {
      return createClient(config)
    } as unknown as new () => pg.ClientBase,
  })
  // Connections may end between queries, within a transaction or not. That is no failure yet: the pool replaces idle
  // ones, and a session gets the error with its next query. An error event without a listener would end the process.
  const logEnd = ({ message }: Error) => log.debug({ reason: message }, 'a connection to the database ended')
  pool.on('error', logEnd)
  pool.on('connect', (client) => client.on('error', logEnd))
  return pool
}

/** Begins with the host that accepted the last connection. */
function createConnector(hosts: Host[]): Pools['connect'] {
  let current = 0
  return async function connect() {
    const first = current
    for (let tried = 0; ; tried++) {
      const index = (first + tried) % hosts.length
      try {
        const connection = await hosts[index]!.connect()
        current = index
        return connection
      } catch (error) {
        if (tried + 1 >= hosts.length || isFull(hosts[index]!.pool)) failToConnect(error)
      }
    }
  }
}

/** Whether all connections are in use. They work, so there is no reason to try another host. */
const isFull = ({ totalCount, idleCount, options }: pg.Pool) => totalCount - idleCount >= options.max

/** `sslmode=no-verify` is the only way to accept any certificate. */
async function sslOptions(binding: Binding) {
  const tls = await tlsOptions(binding)
  if (!tls) return false
  return { ...tls, rejectUnauthorized: !binding.urls.some((url) => /[?&]sslmode=no-verify\b/.test(url)) }
}

/** TLS parameters in the URL would override the `ssl` option. */
function withoutTls(address: string): string {
  const url = new URL(address)
  for (const name of [...url.searchParams.keys()].filter((name) => /^(ssl|uselibpqcompat)/.test(name)))
    url.searchParams.delete(name)
  return url.href
}

const { TIMESTAMPTZ, INT8 } = pg.types.builtins
const parseTimestamp = pg.types.getTypeParser(TIMESTAMPTZ)

/**
 * Values as SQLite returns them: timestamps as the RFC 3339 texts that were stored, 64-bit integers as numbers. Arrays
 * of them are left to `pg`.
 */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === TIMESTAMPTZ) return toTimestamp
    if (oid === INT8) return Number
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

/** `infinity` is not a date, and stays as it is. */
function toTimestamp(text: string): string {
  const date: unknown = parseTimestamp(text)
  return date instanceof Date ? date.toISOString() : text
}
