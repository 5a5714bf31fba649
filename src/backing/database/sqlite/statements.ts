// The statements of an SQLite connection, which are kept prepared: preparing one takes longer than running it.

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { SessionResult } from '../driver.ts'

/** How many are kept. A feature has a handful; lists of values of any length would be without end. */
const MAX_STATEMENTS = 100

interface Prepared {
  statement: StatementSync
  returnsRows: boolean
}

export function createStatements(database: DatabaseSync): (sql: string, parameters: unknown[]) => SessionResult {
  const kept = new Map<string, Prepared>()

  return function execute(sql, parameters) {
    const { statement, returnsRows } = prepare(sql)
    const values = parameters.map(toSqlite)
    // SQLite's rows have no prototype, which surprises whoever compares or prints them.
    if (returnsRows) return { rows: statement.all(...values).map((row) => ({ ...row })) }
    return { rows: [], affected: statement.run(...values).changes }
  }

  function prepare(sql: string): Prepared {
    const known = kept.get(sql)
    if (known) return known
    if (kept.size >= MAX_STATEMENTS) kept.clear()
    const statement = database.prepare(sql)
    const prepared = { statement, returnsRows: statement.columns().length > 0 }
    kept.set(sql, prepared)
    return prepared
  }
}

/** What PostgreSQL takes as well, and SQLite has no type for. Node would bind a whole number as 1.0. */
function toSqlite(value: unknown): SQLInputValue {
  if (value === undefined) return null
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (Number.isSafeInteger(value)) return BigInt(value as number)
  if (value instanceof Date) return value.toISOString()
  return value as SQLInputValue
}
