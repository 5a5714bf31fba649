// What comes from PostgreSQL as what SQLite gives back: timestamps as the RFC 3339 texts that were stored, and 64-bit
// integers as numbers.

import pg from 'pg'

const { TIMESTAMPTZ, INT8 } = pg.types.builtins
const parseTimestamp = pg.types.getTypeParser(TIMESTAMPTZ)

/** The text of an array or of a record is left to `pg`, and so is `infinity`, which is no date. */
export const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === TIMESTAMPTZ) return toTimestamp
    if (oid === INT8) return Number
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

function toTimestamp(text: string): string {
  const date: unknown = parseTimestamp(text)
  return date instanceof Date ? date.toISOString() : text
}
