// The connections to one host of PostgreSQL.

import pg from 'pg'
import type { Log } from '../../../ports/log.ts'

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

export interface HostOptions extends PoolOptions {
  ssl: pg.PoolConfig['ssl']
  isCluster: boolean
}

interface PoolHooks {
  types: pg.CustomTypesConfig
  createClient(config: pg.ClientConfig): pg.Client
  onConnect(client: pg.ClientBase): Promise<void>
}

/** The client's limit is this much longer than the server's, so it only acts if the server does not. */
const CLIENT_EXTRA_MS = 100

export function createPool(connectionString: string, options: HostOptions, hooks: PoolHooks): pg.Pool {
  const { applicationName, max, connectMs, statementMs, log, ssl } = options
  const pool = new pg.Pool({
    connectionString,
    ssl,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: connectMs,
    ...(statementMs && { query_timeout: statementMs + CLIENT_EXTRA_MS }),
    // Where statements have no limit, this detects a server that vanished: after 10 s and some probes.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: hooks.types,
    onConnect: hooks.onConnect,
    // The pool calls it with `new`, which an arrow function does not allow.
    Client: function ClientOfPool(config: pg.ClientConfig) {
      return hooks.createClient(config)
    } as unknown as new () => pg.ClientBase,
  })
  // Connections may end between queries, within a transaction or not. That is no failure yet: the pool replaces idle
  // ones, and a session gets the error with its next query. An error event without a listener would end the process.
  const logEnd = ({ message }: Error) => log.debug({ reason: message }, 'a connection to the database ended')
  pool.on('error', logEnd)
  pool.on('connect', (client) => client.on('error', logEnd))
  return pool
}
