// SQLite by the module that comes with Node. Its calls are synchronous: short statements are done sooner than a message
// to another thread would arrive. Waiting for another process's lock is not, or liveness would wait as well.

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { CompiledQuery, type Driver, Kysely, SqliteAdapter, SqliteDialect } from 'kysely'
import { type Attendance, attendDriver } from './driver.ts'

export interface SqliteOptions extends Attendance {
  /** How long a statement waits for the lock of another process. */
  timeoutMs: number
}

/** @param file its path, or `:memory:` */
export async function openSqlite(file: string, options: SqliteOptions): Promise<Kysely<unknown>> {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    // Readers and a writer don't lock each other out; what was committed survives the end of the process by kill -9.
    for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL'])
      await whileLocked(async () => database.exec(`PRAGMA ${pragma}`), options.timeoutMs)
  } catch (error) {
    database.close()
    throw error
  }
  return new Kysely({ dialect: createDialect(database, options) })
}

function createDialect(database: DatabaseSync, options: SqliteOptions): SqliteDialect {
  const dialect = new SqliteDialect({ database: adapt(database) })
  const createDriver = dialect.createDriver.bind(dialect)
  dialect.createDriver = () => attendDriver(createPatientDriver(createDriver(), options.timeoutMs), options)
  // Kysely leaves it open, for the sake of old versions. A migration that fails leaves nothing behind.
  dialect.createAdapter = () => Object.defineProperty(new SqliteAdapter(), 'supportsTransactionalDdl', { value: true })
  return dialect
}

function createPatientDriver(driver: Driver, timeoutMs: number): Driver {
  const acquire = driver.acquireConnection.bind(driver)
  let patient = false

  driver.acquireConnection = async () => {
    const connection = await acquire()
    if (patient) return connection
    patient = true
    const execute = connection.executeQuery.bind(connection)
    connection.executeQuery = (query) => whileLocked(() => execute<never>(query), timeoutMs)
    return connection
  }
  // A transaction takes the lock at once. One that only finds out when it writes could not wait, but would have to fail.
  driver.beginTransaction = async (connection) => {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
  return driver
}

const BUSY = 5

/** Tries again for as long as another process holds the lock. Each pause is random, so that the waiting don't meet. */
async function whileLocked<Result>(step: () => Promise<Result>, timeoutMs: number): Promise<Result> {
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    try {
      return await step()
    } catch (error) {
      const isBusy = ((error as { errcode?: number }).errcode ?? 0) % 256 === BUSY
      if (!isBusy || performance.now() > deadlineMs) throw error
    }
    await sleep(1 + Math.random() * 20)
  }
}

/** How many statements are kept ready. A feature has a handful; lists of values of any length would be without end. */
const MAX_STATEMENTS = 100

/** What Kysely wants of a database. */
function adapt(database: DatabaseSync) {
  const statements = new Map<string, ReturnType<typeof adaptStatement>>()
  return {
    close: () => database.close(),
    prepare(sql: string) {
      let statement = statements.get(sql)
      if (!statement) {
        if (statements.size >= MAX_STATEMENTS) statements.clear()
        statement = adaptStatement(database.prepare(sql))
        statements.set(sql, statement)
      }
      return statement
    },
  }
}

const adaptStatement = (statement: StatementSync) => ({
  reader: statement.columns().length > 0,
  all: (values: readonly unknown[]) => statement.all(...(values as SQLInputValue[])).map((row) => ({ ...row })),
  run: (values: readonly unknown[]) => statement.run(...(values as SQLInputValue[])),
  iterate: (values: readonly unknown[]) => statement.iterate(...(values as SQLInputValue[])),
})
