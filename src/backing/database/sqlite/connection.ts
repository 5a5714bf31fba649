// Kysely on SQLite, by the module that comes with Node. Its calls are synchronous, since a short statement is done
// sooner than a message could reach another thread. Waiting for a lock is asynchronous, so that it never blocks the
// event loop.

import { rmSync, statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { createDriver, type DriverOptions, type Session, type SessionResult } from '../driver.ts'
import { unusable } from '../outage.ts'
import { IN_MEMORY } from './file.ts'
import { createStatements } from './statements.ts'

export interface SqliteOptions extends DriverOptions {
  /** Bounds how long a statement waits for another transaction, of this process or of another one. */
  timeoutMs: number
  /** Called when a query finds that the file was deleted or replaced; closes the connection. */
  replaced(): void
}

export interface Sqlite {
  kysely: Kysely<unknown>
  close(): void
}

const OPENING = [
  // Readers and a writer don't block each other, and committed data survives a kill -9 of the process.
  'pragma journal_mode = WAL',
  'pragma synchronous = NORMAL',
  // The first query creates the log.
  'select 1 from sqlite_master',
]

/** @param file its path, or `:memory:` */
export async function openSqlite(file: string, options: SqliteOptions): Promise<Sqlite> {
  const database = new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: true })
  try {
    for (const statement of OPENING)
      await whenUnlocked(() => database.exec(statement), { timeoutMs: options.timeoutMs })
  } catch (error) {
    database.close()
    throw error
  }
  const { isCurrent, removeStaleLog } = watchFile(file)
  const connect = createSessions(database, { ...options, isCurrent })
  // `immediate` takes the write lock at once. A transaction that first reads and then needs the lock can't wait for it.
  const driver = () => createDriver(connect, () => 'begin immediate', options)
  const kysely = new Kysely<unknown>({ dialect: { createDriver: driver, ...dialect } })
  return { kysely, close }

  function close() {
    if (!database.isOpen) return
    database.close()
    removeStaleLog()
  }
}

const dialect = {
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createIntrospector: (database: Kysely<unknown>) => new SqliteIntrospector(database),
  // Kysely denies both, because some SQLite drivers support neither. With this one, a migration that fails is rolled
  // back whole, and queries outside an open transaction wait for a limited time.
  createAdapter: () =>
    Object.defineProperties(new SqliteAdapter(), {
      supportsTransactionalDdl: { value: true },
      supportsMultipleConnections: { value: true },
    }),
}

interface OpenFile {
  /** Whether the path still leads to the file that was opened. If not, what is written is lost. */
  isCurrent(): boolean
  /** Removes the log of a file that was deleted or replaced: SQLite would apply it to the file that is there now. */
  removeStaleLog(): void
}

/** @param file was opened, and has been read, so that its log is there, too */
function watchFile(file: string): OpenFile {
  if (file === IN_MEMORY) return { isCurrent: () => true, removeStaleLog() {} }
  const isCurrent = watchPath(file)
  const logs = ['-wal', '-shm'].map((suffix) => ({ path: `${file}${suffix}`, isOurs: watchPath(`${file}${suffix}`) }))
  return {
    isCurrent,
    removeStaleLog() {
      if (!isCurrent()) for (const { path, isOurs } of logs) if (isOurs()) rmSync(path, { force: true })
    },
  }
}

/** @returns whether the path still leads to the file, if any, that it leads to now */
function watchPath(path: string): () => boolean {
  const opened = statSync(path, { throwIfNoEntry: false })
  return function isSame() {
    const found = statSync(path, { throwIfNoEntry: false })
    return found?.ino === opened?.ino && found?.dev === opened?.dev
  }
}

/** All sessions share one connection: a statement is done at once, and only an open transaction excludes the others. */
function createSessions(
  database: DatabaseSync,
  { timeoutMs, isCurrent, replaced }: SqliteOptions & { isCurrent(): boolean },
): () => Promise<Session> {
  const execute = createStatements(database)
  let owner: Session | undefined
  let ended = Promise.withResolvers<void>()

  return async function connect() {
    if (database.isOpen && !isCurrent()) replaced()
    const session: Session = {
      execute: (sql, parameters) => whenUnlocked(() => executeFor(session, sql, parameters), { timeoutMs, unlocked }),
      async rollback() {
        if (owner === session && database.isOpen) executeFor(session, 'rollback', [])
      },
      async release() {
        await session.rollback()
      },
    }
    return session
  }

  function executeFor(session: Session, sql: string, parameters: readonly unknown[]): SessionResult {
    if (!database.isOpen) throw unusable("The database can't be used, because its file was deleted or replaced.")
    if (owner && owner !== session) throw Object.assign(new Error('A transaction is open.'), { errcode: BUSY })
    try {
      return execute(sql, parameters as SQLInputValue[])
    } finally {
      // Looked up rather than derived from the SQL: SQLite itself may end a transaction, as when the disk is full.
      setOwner(database.isOpen && database.isTransaction ? session : undefined)
    }
  }

  function setOwner(next: Session | undefined) {
    const wasOwned = owner !== undefined
    owner = next
    if (!wasOwned || next) return
    ended.resolve()
    ended = Promise.withResolvers()
  }

  function unlocked(): Promise<void> | undefined {
    return owner && ended.promise
  }
}

const BUSY = 5
const MAX_DELAY_MS = 20

interface LockOptions {
  timeoutMs: number
  /** Settles when this process's transaction ends; undefined if it has none, since other processes send no signal. */
  unlocked?: () => Promise<void> | undefined
}

/** Retries a step while the database is locked. The delays are random, so that waiting queries don't collide. */
async function whenUnlocked<Result>(step: () => Result, { timeoutMs, unlocked }: LockOptions): Promise<Result> {
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    try {
      return step()
    } catch (error) {
      const isBusy = ((error as { errcode?: number }).errcode ?? 0) % 256 === BUSY
      if (!isBusy || performance.now() > deadlineMs) throw error
    }
    const delay = sleep(1 + Math.random() * MAX_DELAY_MS)
    await Promise.race([delay, unlocked?.() ?? delay])
  }
}
