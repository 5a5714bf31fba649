// Keeps the statements of an SQLite connection prepared, because preparing one takes longer than running it.

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { SessionResult } from '../driver.ts'

/** A feature has a handful of statements, but a list of values makes a new one for each length. */
const MAX_STATEMENTS = 100

interface Prepared {
  statement: StatementSync
  returnsRows: boolean
}

export function createStatements(database: DatabaseSync): (sql: string, parameters: unknown[]) => SessionResult {
  const prepared = new Map<string, Prepared>()

  return function execute(sql, parameters) {
    const { statement, returnsRows } = prepare(sql)
    const values = parameters.map(toSqlite)
    // Node's rows have no prototype, which surprises code that compares or prints them.
    if (returnsRows) return { rows: statement.all(...values).map((row) => ({ ...row })) }
    return { rows: [], affected: statement.run(...values).changes }
  }

  function prepare(sql: string): Prepared {
    const known = prepared.get(sql)
    if (known) return known
    if (prepared.size >= MAX_STATEMENTS) prepared.clear()
    const statement = database.prepare(sql)
    const added = { statement, returnsRows: statement.columns().length > 0 }
    prepared.set(sql, added)
    return added
  }
}

/** Converts values that PostgreSQL accepts and SQLite has no type for. Node would bind an integer as a float, 1.0. */
function toSqlite(value: unknown): SQLInputValue {
  if (value === undefined) return null
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (Number.isSafeInteger(value)) return BigInt(value as number)
  if (value instanceof Date) return value.toISOString()
  return value as SQLInputValue
}
