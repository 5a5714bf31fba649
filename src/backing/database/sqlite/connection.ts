// SQLite by the module that comes with Node. Its calls are synchronous: short statements are done sooner than a message
// to another thread would arrive. Waiting for somebody else's transaction is not, or liveness would wait as well.

import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { createDriver, type DriverOptions, type Session, type SessionResult } from '../driver.ts'
import { createStatements } from './statements.ts'

export interface SqliteOptions extends DriverOptions {
  /** How long a statement waits for the transaction of another, in this process or not. */
  timeoutMs: number
}

export interface Sqlite {
  kysely: Kysely<unknown>
  close(): void
}

/** @param file its path, or `:memory:` */
export async function openSqlite(file: string, options: SqliteOptions): Promise<Sqlite> {
  const database = new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: true })
  try {
    // Readers and a writer don't lock each other out; what was committed survives the end of the process by kill -9.
    for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL'])
      await whenFree(() => database.exec(`PRAGMA ${pragma}`), { timeoutMs: options.timeoutMs })
  } catch (error) {
    database.close()
    throw error
  }
  const connect = createSessions(database, options.timeoutMs)
  // A transaction takes the lock at once. One that only finds out when it writes can't wait, but has to fail.
  const createdDriver = () => createDriver(connect, () => 'begin immediate', options)
  const kysely = new Kysely<unknown>({ dialect: { createDriver: createdDriver, ...language } })
  return { kysely, close: () => database.close() }
}

const language = {
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createIntrospector: (database: Kysely<unknown>) => new SqliteIntrospector(database),
  // For the sake of other drivers Kysely says no to both. Here a migration that fails leaves nothing behind, and
  // whoever comes while a transaction is open waits for a limited time.
  createAdapter: () =>
    Object.defineProperties(new SqliteAdapter(), {
      supportsTransactionalDdl: { value: true },
      supportsMultipleConnections: { value: true },
    }),
}

/** All share the one connection: a statement is done at once, and only a transaction keeps the others out. */
function createSessions(database: DatabaseSync, timeoutMs: number): () => Promise<Session> {
  const execute = createStatements(database)
  let owner: Session | undefined
  let ended = Promise.withResolvers<void>()

  return async function connect() {
    const session: Session = {
      execute: (sql, parameters) => whenFree(() => executeFor(session, sql, parameters), { timeoutMs, wakened }),
      async rollback() {
        if (owner === session) executeFor(session, 'rollback', [])
      },
      async release() {
        await session.rollback()
      },
    }
    return session
  }

  function executeFor(session: Session, sql: string, parameters: readonly unknown[]): SessionResult {
    if (owner && owner !== session) throw Object.assign(new Error('A transaction is open.'), { errcode: BUSY })
    try {
      return execute(sql, parameters as SQLInputValue[])
    } finally {
      // SQLite may end a transaction by itself, as when the disk is full.
      own(database.isTransaction ? session : undefined)
    }
  }

  function own(next: Session | undefined) {
    const wasOwned = owner !== undefined
    owner = next
    if (!wasOwned || next) return
    ended.resolve()
    ended = Promise.withResolvers()
  }

  function wakened(): Promise<void> | undefined {
    return owner && ended.promise
  }
}

const BUSY = 5
const LONGEST_PAUSE_MS = 20

interface Patience {
  timeoutMs: number
  /** Settles when it is worth to try again sooner, where somebody can tell. */
  wakened?: () => Promise<void> | undefined
}

/** Tries again for as long as somebody else has the lock. Each pause is random, so that the waiting don't meet. */
async function whenFree<Result>(step: () => Result, { timeoutMs, wakened }: Patience): Promise<Result> {
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    try {
      return step()
    } catch (error) {
      const isBusy = ((error as { errcode?: number }).errcode ?? 0) % 256 === BUSY
      if (!isBusy || performance.now() > deadlineMs) throw error
    }
    const pause = sleep(1 + Math.random() * LONGEST_PAUSE_MS)
    await Promise.race([pause, wakened?.() ?? pause])
  }
}
