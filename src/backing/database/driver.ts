// The one Kysely driver, for both databases. It checks the feature's schema before a query, measures every query, and
// distinguishes outages from bugs.

import { CompiledQuery, type DatabaseConnection, type Driver, type TransactionSettings } from 'kysely'
import { Problem } from '../../chassis/problem.ts'
import type { DatabaseMetrics } from './metrics.ts'
import type { Outages } from './outage.ts'

/** A connection checked out for exclusive use. */
export interface Session {
  execute(sql: string, parameters: readonly unknown[]): Promise<SessionResult>
  /** Rolls back the open transaction. Never fails: a connection in an unknown state is not used again. */
  rollback(): Promise<void>
  release(): void
}

export interface SessionResult {
  // biome-ignore lint/suspicious/noExplicitAny: Kysely knows from the query what the rows are.
  rows: any[]
  /** The number of rows written; undefined for a statement that only reads. */
  affected?: number | bigint | undefined
  /** PostgreSQL's command tag, which says ROLLBACK for the commit of a failed transaction. */
  command?: string
}

/**
 * Settles once the database has all migrations of the feature. It may have more, applied by a newer release.
 *
 * @throws {Problem} 503 that names what is missing
 */
export interface SchemaGuard {
  (): Promise<void>
  /** Makes the next call check again, since a table or a column was missing or not accessible after all. */
  recheck(): void
}

export interface DriverOptions {
  metrics: DatabaseMetrics
  outages: Outages
  guard?: SchemaGuard | undefined
}

/** @param begin the statement that begins a transaction */
export function createDriver(
  connect: () => Promise<Session>,
  begin: (settings: TransactionSettings) => string,
  { metrics, outages, guard }: DriverOptions,
): Driver {
  const sessions = new WeakMap<DatabaseConnection, Session>()

  return {
    async init() {},
    async acquireConnection() {
      await guard?.()
      const session = await checkOut()
      const connection = { executeQuery: executeWith(session), streamQuery: refuseToStream }
      sessions.set(connection, session)
      return connection
    },
    beginTransaction: (connection, settings) => run(connection, begin(settings)),
    async commitTransaction(connection) {
      const { command } = await execute(sessions.get(connection)!, 'commit', [])
      if (command === 'ROLLBACK')
        throw new Error('The transaction was rolled back, because one of its statements had failed.')
    },
    rollbackTransaction: (connection) => sessions.get(connection)!.rollback(),
    savepoint: (connection, name) => run(connection, `savepoint "${name}"`),
    rollbackToSavepoint: (connection, name) => run(connection, `rollback to savepoint "${name}"`),
    releaseSavepoint: (connection, name) => run(connection, `release savepoint "${name}"`),
    releaseConnection: async (connection) => sessions.get(connection)!.release(),
    async destroy() {},
  }

  async function checkOut(): Promise<Session> {
    const startedMs = performance.now()
    try {
      return await connect()
    } catch (error) {
      throw failed(error, startedMs)
    }
  }

  function executeWith(session: Session): DatabaseConnection['executeQuery'] {
    return async function executeQuery({ sql, parameters }) {
      const { rows, affected } = await execute(session, sql, parameters)
      return affected === undefined ? { rows } : { rows, numAffectedRows: BigInt(affected) }
    }
  }

  async function execute(session: Session, sql: string, parameters: readonly unknown[]): Promise<SessionResult> {
    const startedMs = performance.now()
    try {
      const result = await session.execute(sql, parameters)
      outages.answered()
      metrics.observe('ok', startedMs)
      return result
    } catch (error) {
      throw failed(error, startedMs)
    }
  }

  /** @returns what to throw */
  function failed(error: unknown, startedMs: number): unknown {
    if (SCHEMA_ERRORS.includes((error as { code?: string }).code ?? '')) guard?.recheck()
    const thrown = outages.translate(error)
    metrics.observe(thrown instanceof Problem ? 'unavailable' : 'error', startedMs)
    return thrown
  }

  async function run(connection: DatabaseConnection, sql: string) {
    await connection.executeQuery(CompiledQuery.raw(sql))
  }
}

/**
 * SQLSTATE undefined_table, undefined_column and invalid_schema_name, as after another database was restored, and
 * insufficient_privilege, as after its tables were given to another role.
 */
const SCHEMA_ERRORS = ['42P01', '42703', '3F000', '42501']

function refuseToStream(): never {
  throw new Error('Query results are not streamed, because PostgreSQL would need a cursor: read page by page.')
}
