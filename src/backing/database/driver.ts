// The one driver by which Kysely speaks to either database. Before a feature's query its schema is asked for; every
// query is measured, and its outages are told from bugs.

import { CompiledQuery, type DatabaseConnection, type Driver, type TransactionSettings } from 'kysely'
import type { DatabaseMetrics } from './metrics.ts'
import type { Outages } from './outage.ts'

/** A connection for as long as somebody has it to himself. */
export interface Session {
  execute(sql: string, parameters: readonly unknown[]): Promise<SessionResult>
  /** Undoes the transaction that is open. It does not fail: a connection that can't be trusted is not used again. */
  rollback(): Promise<void>
  release(): void
}

export interface SessionResult {
  // biome-ignore lint/suspicious/noExplicitAny: Kysely knows from the query what the rows are.
  rows: any[]
  /** How many rows were written; undefined where none could be. */
  affected?: number | bigint | undefined
  /** What the database says that it has done. */
  command?: string
}

/**
 * Keeps a feature from its tables: settles once the database has all the migrations of the feature. It may have more,
 * where a newer release has been there.
 *
 * @throws {Problem} 503 that names what is missing
 */
export interface SchemaGuard {
  (): Promise<void>
  /** A table or a column was not there after all: from now on it is asked anew. */
  doubt(): void
}

export interface Attendance {
  metrics: DatabaseMetrics
  outages: Outages
  guard?: SchemaGuard | undefined
}

/** @param begin the statement that begins a transaction */
export function createDriver(
  connect: () => Promise<Session>,
  begin: (settings: TransactionSettings) => string,
  { metrics, outages, guard }: Attendance,
): Driver {
  const sessions = new WeakMap<DatabaseConnection, Session>()

  return {
    async init() {},
    async acquireConnection() {
      await guard?.()
      const session = await metrics.measureFailure(() => outages.during(connect))
      const connection = { executeQuery: executeWith(session), streamQuery: refuseToStream }
      sessions.set(connection, session)
      return connection
    },
    beginTransaction: (connection, settings) => run(connection, begin(settings)),
    async commitTransaction(connection) {
      const { command } = await execute(sessions.get(connection)!, 'commit', [])
      if (command === 'ROLLBACK') throw new Error('The transaction was undone, because a statement of it had failed.')
    },
    rollbackTransaction: (connection) => sessions.get(connection)!.rollback(),
    savepoint: (connection, name) => run(connection, `savepoint "${name}"`),
    rollbackToSavepoint: (connection, name) => run(connection, `rollback to savepoint "${name}"`),
    releaseSavepoint: (connection, name) => run(connection, `release savepoint "${name}"`),
    releaseConnection: async (connection) => sessions.get(connection)!.release(),
    async destroy() {},
  }

  function executeWith(session: Session): DatabaseConnection['executeQuery'] {
    return async function executeQuery({ sql, parameters }) {
      const { rows, affected } = await execute(session, sql, parameters)
      return affected === undefined ? { rows } : { rows, numAffectedRows: BigInt(affected) }
    }
  }

  function execute(session: Session, sql: string, parameters: readonly unknown[]): Promise<SessionResult> {
    return metrics.measure(async () => {
      try {
        const result = await outages.during(() => session.execute(sql, parameters))
        outages.over()
        return result
      } catch (error) {
        if (LOST_SCHEMA.includes((error as { code?: string }).code ?? '')) guard?.doubt()
        throw error
      }
    })
  }

  async function run(connection: DatabaseConnection, sql: string) {
    await connection.executeQuery(CompiledQuery.raw(sql))
  }
}

/** SQLSTATE for a table and for a column that is not there, as after another database was restored. */
const LOST_SCHEMA = ['42P01', '42703']

function refuseToStream(): never {
  throw new Error('Queries are not streamed, since PostgreSQL would need a cursor: read page by page.')
}
