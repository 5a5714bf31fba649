// Kysely on PostgreSQL. Every wait is bounded: for a connection, for a statement, and for a server that does not
// respond.

import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
  type TransactionSettings,
} from 'kysely'
import { unavailable } from '../../../chassis/problem.ts'
import type { Binding } from '../../../ports/bindings.ts'
import { createDriver, type DriverOptions, type SchemaGuard, type Session } from '../driver.ts'
import { CONNECTION_FAILURE, failToConnect, isBrokenBy, isUnanswered } from '../outage.ts'
import { cancelStatement } from './cancel.ts'
import type { PoolOptions } from './pool.ts'
import { type Connection, openPools } from './pools.ts'

export interface Postgres {
  // biome-ignore lint/suspicious/noExplicitAny: the feature knows its tables.
  kysely(guard?: SchemaGuard): Kysely<any>
  /** @throws {Problem} 503 if the database does not answer, or can't be written to */
  ping(): Promise<void>
  close(): Promise<void>
}

/**
 * Settles at once: connections are made when they are needed.
 *
 * @throws {Problem} 503 if the trusted certificate authorities can't be read
 */
export async function openPostgres(binding: Binding, options: DriverOptions & PoolOptions): Promise<Postgres> {
  const pools = await options.outages.during(() => openPools(binding, options).catch(failToConnect))
  options.metrics.watchConnections(pools.count)
  const connect = async () => createSession(await pools.connect())

  const begin = options.statementMs === undefined ? beginUnbounded : beginOf
  const kysely: Postgres['kysely'] = (guard) =>
    new Kysely({ dialect: { createDriver: () => createDriver(connect, begin, { ...options, guard }), ...dialect } })
  const unguarded = kysely()
  return { kysely, ping: () => checkWritable(unguarded), close: pools.close }
}

/** A server that has become a standby answers queries, and so does one that was made read-only when its disk was full. */
async function checkWritable(database: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ value: string }>`select current_setting('transaction_read_only') as value`.execute(
    database,
  )
  if (rows[0]!.value === 'on') throw unavailable('The database is read-only.', 5)
}

const dialect = {
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createIntrospector: (database: Kysely<unknown>) => new PostgresIntrospector(database),
  createAdapter: () => new PostgresAdapter(),
}

function beginOf({ isolationLevel, accessMode }: TransactionSettings): string {
  return ['begin', isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean).join(' ')
}

/** The role may have a limit of its own, which a pooler does not let the connection change. */
const beginUnbounded = (settings: TransactionSettings) => `${beginOf(settings)}; set local statement_timeout = 0`

function createSession({ client, isBounded }: Connection): Session {
  let broken = false
  let cancelled: Promise<void> | undefined

  const session: Session = {
    async execute(sql, parameters) {
      // A new query would queue behind the one that was never answered.
      if (broken) throw Object.assign(new Error('The connection is broken.'), { code: CONNECTION_FAILURE })
      try {
        // Several statements in one query give a list of results, which has no rows.
        const { command, rowCount, rows } = await client.query(sql, [...parameters])
        return { command, rows: rows ?? [], affected: WRITING.includes(command) ? (rowCount ?? 0) : undefined }
      } catch (error) {
        broken ||= isBrokenBy(error as Error)
        if (isUnanswered(error as Error) && !isBounded) cancelled = cancelStatement(client)
        throw error
      }
    },
    async rollback() {
      if (!broken) await session.execute('rollback', []).catch(() => (broken = true))
    },
    release() {
      // The pooler only knows which statement to cancel while the connection is there.
      if (cancelled) void cancelled.then(() => client.release(true))
      else client.release(broken)
    },
  }
  return session
}

const WRITING = ['INSERT', 'UPDATE', 'DELETE', 'MERGE']
