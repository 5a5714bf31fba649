// The connections to PostgreSQL: a pool for each host of the cluster, one of which is in use.

import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'
import type { Binding } from '../../../ports/bindings.ts'
import type { Log } from '../../../ports/log.ts'
import { tlsOptions } from '../../tls.ts'
import { failToConnect } from '../outage.ts'

export interface PoolOptions {
  /** The name that the server shows for these connections. */
  applicationName: string
  /** The maximum number of connections. */
  max: number
  /** Bounds the wait for a connection, and the making of one. */
  connectMs: number
  /** Bounds a statement; undefined means no limit. */
  statementMs?: number | undefined
  log: Log
}

export interface Pools {
  connect(): Promise<pg.PoolClient>
  count(): Record<'idle' | 'busy' | 'waiting', number>
  close(): Promise<void>
}

export async function openPools(binding: Binding, options: PoolOptions): Promise<Pools> {
  const ssl = (await tlsOptions(binding)) ?? false
  const isCluster = binding.urls.length > 1
  const pools = binding.urls.map((url) =>
    createPool(url, { ...options, ssl, isCluster, channelBinding: binding.tls?.channelBinding ?? false }),
  )
  const sum = (count: (pool: pg.Pool) => number) => pools.reduce((total, pool) => total + count(pool), 0)

  return {
    connect: createConnector(pools),
    count: () => ({
      idle: sum(({ idleCount }) => idleCount),
      busy: sum(({ totalCount, idleCount }) => totalCount - idleCount),
      waiting: sum(({ waitingCount }) => waitingCount),
    }),
    close: async () => void (await Promise.all(pools.map((pool) => pool.end()))),
  }
}

interface HostOptions extends PoolOptions {
  ssl: ConnectionOptions | false
  channelBinding: boolean
  isCluster: boolean
}

/** The client's limit is this much longer than the server's, so it only acts if the server is frozen or gone. */
const CLIENT_EXTRA_MS = 100

function createPool(url: string, options: HostOptions): pg.Pool {
  const { applicationName, max, connectMs, statementMs, log, ssl, isCluster, channelBinding } = options
  const pool = new pg.Pool({
    connectionString: url,
    ssl,
    ...(channelBinding && { enableChannelBinding: true }),
    max,
    application_name: applicationName,
    connectionTimeoutMillis: connectMs,
    ...(statementMs && { statement_timeout: statementMs, query_timeout: statementMs + CLIENT_EXTRA_MS }),
    // Where statements have no limit, this detects a server that vanished: after 10 s and some probes.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types,
    ...(isCluster && { onConnect: refuseStandby(connectMs) }),
  })
  // Connections may end between queries, within a transaction or not. That is no failure yet: the pool replaces idle
  // ones, and a session gets the error with its next query. An error event without a listener would end the process.
  const logEnd = ({ message }: Error) => log.debug({ reason: message }, 'a connection to the database ended')
  pool.on('error', logEnd)
  pool.on('connect', (client) => client.on('error', logEnd))
  return pool
}

/** Begins with the host that accepted the last connection. */
function createConnector(pools: pg.Pool[]): Pools['connect'] {
  let current = 0
  return async function connect() {
    const first = current
    for (let tried = 0; ; tried++) {
      const index = (first + tried) % pools.length
      try {
        const client = await pools[index]!.connect()
        current = index
        return client
      } catch (error) {
        if (tried + 1 >= pools.length || isFull(pools[index]!)) failToConnect(error)
      }
    }
  }
}

/** Whether all connections are in use. They work, so there is no reason to try another host. */
const isFull = ({ totalCount, idleCount, options }: pg.Pool) => totalCount - idleCount >= options.max

/** A standby answers queries, but can't be written to. */
const refuseStandby = (query_timeout: number) =>
  async function refuse(client: pg.ClientBase) {
    const { rows } = await client.query({ text: 'select pg_is_in_recovery() as standby', query_timeout } as never)
    if ((rows[0] as { standby: boolean }).standby) throw new Error('This host of the cluster is a standby.')
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
