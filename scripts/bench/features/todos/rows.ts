// Millions of todos, inserted by SQL, with ids as the service creates them: one in each millisecond.

import { DatabaseSync } from 'node:sqlite'
import type { PrivatePostgres } from 'private-servers/postgres'

const FIRST_MS = 1_700_000_000_000

/** The id of the nth todo, the first being 1. */
export function idOf(n: number): string {
  const ms = (FIRST_MS + n).toString(16).padStart(12, '0')
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`
}

export function fillSqlite(file: string, rows: number) {
  const database = new DatabaseSync(file)
  database.exec(`
    insert into todos (id, content, created_at)
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${rows})
    select substr(ms, 1, 8) || '-' || substr(ms, 9) || '-7000-8000-' || printf('%012x', n),
      'something to do, and the number of it: ' || n, '2026-01-01T00:00:00.000Z'
    from (select n, printf('%012x', ${FIRST_MS} + n) as ms from numbers)`)
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
}

export async function fillPostgres(server: PrivatePostgres, database: string, rows: number) {
  // In steps, because each has to end within the client's time limit.
  const step = 100_000
  for (let from = 1; from <= rows; from += step) {
    const to = Math.min(from + step - 1, rows)
    await server.query(
      `insert into todos (id, content, created_at)
       select (substr(ms, 1, 8) || '-' || substr(ms, 9) || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
         'something to do, and the number of it: ' || n, '2026-01-01'
       from (select n, lpad(to_hex(${FIRST_MS} + n::bigint), 12, '0') as ms
             from generate_series(${from}, ${to}) as numbers (n)) as ids`,
      [],
      { database },
    )
  }
  await server.query('vacuum analyze todos', [], { database })
}
