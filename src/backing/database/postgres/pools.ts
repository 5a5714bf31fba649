// The connections to PostgreSQL: a pool for each host of the cluster, of which one is used. A connection that may hang
// or lead to the wrong server is not given back to its pool.

import pg from 'pg'
import type { Binding } from '../../../ports/bindings.ts'
import type { Log } from '../../../ports/log.ts'
import { tlsOptions } from '../../tls.ts'
import type { Session } from '../driver.ts'
import { CONNECTION_FAILURE, connecting, isBrokenBy } from '../outage.ts'
import { types } from './types.ts'

export interface PoolLimits {
  /** What the server shows of its clients. */
  applicationName: string
  /** Connections. */
  max: number
  /** For waiting for a connection, and for making one. */
  connectMs: number
  /** For a statement; undefined is no limit. */
  statementMs?: number | undefined
  log: Log
}

export interface Pools {
  connect(): Promise<Session>
  count(): Record<'idle' | 'busy' | 'waiting', number>
  close(): Promise<void>
}

export async function openPools(attached: Binding, limits: PoolLimits): Promise<Pools> {
  const ssl = await sslOptions(attached)
  const isCluster = attached.urls.length > 1
  const pools = attached.urls.map((url) => createPool(url, { ...limits, ssl, isCluster }))
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

interface PoolOptions extends PoolLimits {
  ssl: Awaited<ReturnType<typeof sslOptions>>
  isCluster: boolean
}

/** How much later than the server the client gives up: only where the server can't, because it is frozen or gone. */
const GIVE_UP_MS = 100

function createPool(url: string, options: PoolOptions): pg.Pool {
  const { applicationName, max, connectMs, statementMs, log, ssl, isCluster } = options
  const pool = new pg.Pool({
    connectionString: withoutTls(url),
    ssl,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: connectMs,
    ...(statementMs && { statement_timeout: statementMs, query_timeout: statementMs + GIVE_UP_MS }),
    // Where a statement has no limit, this finds a server that is gone without a word: 10 s and some probes later.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types,
    ...(isCluster && { onConnect: refuseStandby(connectMs) }),
  })
  // Connections end while nobody asks anything of them, within a transaction or not. Nothing has failed then: idle ones
  // are replaced, and whoever has one meets the error with his next query. Unheard it would end the process.
  const tell = ({ message }: Error) => log.debug({ reason: message }, 'a connection to the database ended')
  pool.on('error', tell)
  pool.on('connect', (client) => client.on('error', tell))
  return pool
}

/** Of the hosts of a cluster, the one that was good last is asked first. */
function createConnector(pools: pg.Pool[]): () => Promise<Session> {
  let current = 0
  return async function connect() {
    const first = current
    for (let tried = 0; ; tried++) {
      const index = (first + tried) % pools.length
      try {
        const client = await connecting(() => pools[index]!.connect())
        current = index
        return createSession(client)
      } catch (error) {
        if (tried + 1 >= pools.length || isFull(pools[index]!)) throw error
      }
    }
  }
}

/** Its connections are all in use. They are good ones, so there is no need to look for another host. */
const isFull = ({ totalCount, idleCount, options }: pg.Pool) => totalCount - idleCount >= options.max

/** A standby answers, but can't be written to. */
const refuseStandby = (query_timeout: number) =>
  async function refuse(client: pg.ClientBase) {
    const { rows } = await client.query({ text: 'select pg_is_in_recovery() as standby', query_timeout } as never)
    if ((rows[0] as { standby: boolean }).standby) throw new Error('This host of the cluster is a standby.')
  }

function createSession(client: pg.PoolClient): Session {
  let broken = false

  const session: Session = {
    async execute(sql, parameters) {
      // What is asked on it would wait behind what it never answered.
      if (broken) throw Object.assign(new Error('This connection was given up.'), { code: CONNECTION_FAILURE })
      try {
        // Of several statements at once there are several results, which nobody asks for.
        const { command, rowCount, rows } = await client.query(sql, [...parameters])
        return { command, rows: rows ?? [], affected: WRITING.includes(command) ? (rowCount ?? 0) : undefined }
      } catch (error) {
        broken ||= isBrokenBy(error as Error)
        throw error
      }
    },
    async rollback() {
      if (!broken) await session.execute('rollback', []).catch(() => (broken = true))
    },
    release: () => client.release(broken),
  }
  return session
}

const WRITING = ['INSERT', 'UPDATE', 'DELETE', 'MERGE']

/** `sslmode=no-verify` is the one way to be satisfied with any certificate. */
async function sslOptions(attached: Binding) {
  const tls = await tlsOptions(attached)
  if (!tls) return false
  return { ...tls, rejectUnauthorized: !attached.urls.some((url) => /[?&]sslmode=no-verify\b/.test(url)) }
}

/** In the address, the options for TLS would come before those that are given beside it. */
function withoutTls(address: string): string {
  const url = new URL(address)
  for (const name of [...url.searchParams.keys()].filter((name) => /^(ssl|uselibpqcompat)/.test(name)))
    url.searchParams.delete(name)
  return url.href
}
