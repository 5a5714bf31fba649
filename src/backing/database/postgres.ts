// PostgreSQL by a pool of connections. Every wait has an end: for a connection, for a statement, and for a server that
// says nothing at all.

import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Attached } from '../../chassis/bindings.ts'
import type { Log } from '../../chassis/log.ts'
import { tlsOptions } from '../tls.ts'
import { type Attendance, attendDriver } from './driver.ts'
import { connecting } from './outage.ts'
import { ping } from './ping.ts'

export interface Postgres {
  /** @param guard settles when the schema is known */
  // biome-ignore lint/suspicious/noExplicitAny: the feature knows its tables.
  kysely(guard?: () => Promise<void>): Kysely<any>
  /** @throws {Problem} 503 where it does not answer */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface PostgresOptions extends Attendance {
  /** What the server shows of its clients. */
  applicationName: string
  max: number
  /** For each step; 0 is no limit. */
  timeoutMs: number
  log: Log
}

/** Settles at once: a connection is made when it is needed. */
export async function openPostgres(attached: Attached, options: PostgresOptions): Promise<Postgres> {
  const ssl = await sslOptions(attached)
  const pools = attached.urls.map((url) => createPool(url, { ...options, ssl, isCluster: attached.urls.length > 1 }))
  const sum = (count: (pool: pg.Pool) => number) => pools.reduce((total, pool) => total + count(pool), 0)
  options.metrics.watchConnections(() => ({
    idle: sum(({ idleCount }) => idleCount),
    busy: sum(({ totalCount, idleCount }) => totalCount - idleCount),
    waiting: sum(({ waitingCount }) => waitingCount),
  }))

  const connect = createConnector(pools)
  const kysely: Postgres['kysely'] = (guard) => new Kysely({ dialect: createDialect(connect, { ...options, guard }) })
  const database = kysely()
  return {
    kysely,
    ping: () => ping(database),
    close: async () => void (await Promise.all(pools.map((pool) => pool.end()))),
  }
}

function createDialect(connect: () => Promise<pg.PoolClient>, attendance: Attendance): PostgresDialect {
  // The pool is everybody's, so no Kysely ends it.
  const dialect = new PostgresDialect({ pool: { connect, end: async () => {}, options: {} } as never })
  const createDriver = dialect.createDriver.bind(dialect)
  dialect.createDriver = () => attendDriver(createDriver(), attendance)
  return dialect
}

interface PoolOptions extends PostgresOptions {
  ssl: Awaited<ReturnType<typeof sslOptions>>
  isCluster: boolean
}

function createPool(url: string, { applicationName, max, timeoutMs, log, ssl, isCluster }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: withoutTls(url),
    ssl,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    // The server ends what is too slow. Only where it can't, because it is frozen or gone, is it given up here.
    query_timeout: timeoutMs && timeoutMs + 100,
    keepAlive: true,
    types,
    ...(isCluster && { onConnect: refuseStandby }),
  })
  // A connection that ends while nobody uses it is replaced; without a listener it would end the process.
  pool.on('error', (error) => log.debug({ error }, 'an idle connection to the database ended'))
  return pool
}

/** Of the hosts of a cluster, the one that was good last is asked first. A standby, which can't be written to, is not. */
function createConnector(pools: pg.Pool[]): () => Promise<pg.PoolClient> {
  let current = 0
  return async function connect() {
    for (let tried = 1; ; tried++) {
      try {
        return forgetStuck(await connecting(() => pools[current]!.connect()))
      } catch (error) {
        current = (current + 1) % pools.length
        if (tried >= pools.length) throw error
      }
    }
  }
}

async function refuseStandby(client: pg.ClientBase) {
  const { rows } = await client.query('select pg_is_in_recovery() as standby')
  if (rows[0].standby) throw new Error('This host of the cluster is a standby.')
}

const stuck = new WeakSet<pg.PoolClient>()
const watched = new WeakSet<pg.PoolClient>()

/** A connection whose answer was given up still waits for it, and so would the next to use it. It isn't given back. */
function forgetStuck(client: pg.PoolClient): pg.PoolClient {
  const release = client.release
  client.release = (error) => release.call(client, error || stuck.has(client))
  if (watched.has(client)) return client
  watched.add(client)
  const query = client.query.bind(client) as (...given: unknown[]) => Promise<unknown>
  const watchedQuery = async (...given: unknown[]) => {
    try {
      return await query(...given)
    } catch (error) {
      if ((error as Error).message === 'Query read timeout') stuck.add(client)
      throw error
    }
  }
  return Object.assign(client, { query: watchedQuery })
}

/** Timestamps as RFC 3339 has them, as JSON does, and 64-bit integers as numbers. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === pg.types.builtins.TIMESTAMPTZ) return (text: string) => new Date(text).toISOString()
    if (oid === pg.types.builtins.INT8) return Number
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

/** `sslmode=no-verify` is the one way to be satisfied with any certificate. */
async function sslOptions(attached: Attached) {
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
