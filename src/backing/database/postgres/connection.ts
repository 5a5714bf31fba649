// Kysely on PostgreSQL. Every wait is bounded: for a connection, for a statement, and for a server that does not
// respond.

import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, type TransactionSettings } from 'kysely'
import type pg from 'pg'
import type { Binding } from '../../../ports/bindings.ts'
import { ping } from '../adapter.ts'
import { createDriver, type DriverOptions, type SchemaGuard, type Session } from '../driver.ts'
import { CONNECTION_FAILURE, failToConnect, isBrokenBy } from '../outage.ts'
import { openPools, type PoolOptions } from './pools.ts'

export interface Postgres {
  // biome-ignore lint/suspicious/noExplicitAny: the feature knows its tables.
  kysely(guard?: SchemaGuard): Kysely<any>
  /** @throws {Problem} 503 if the database does not answer */
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

  const kysely: Postgres['kysely'] = (guard) =>
    new Kysely({ dialect: { createDriver: () => createDriver(connect, beginOf, { ...options, guard }), ...dialect } })
  const unguarded = kysely()
  return { kysely, ping: () => ping(unguarded), close: pools.close }
}

const dialect = {
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createIntrospector: (database: Kysely<unknown>) => new PostgresIntrospector(database),
  createAdapter: () => new PostgresAdapter(),
}

function beginOf({ isolationLevel, accessMode }: TransactionSettings): string {
  return ['begin', isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean).join(' ')
}

function createSession(client: pg.PoolClient): Session {
  let broken = false

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
