// Refuses the queries of a feature while the database lacks some of its migrations.

import { unavailable } from '../../../chassis/problem.ts'
import type { MigratingFeature } from '../adapter.ts'
import type { SchemaGuard } from '../driver.ts'
import type { Postgres } from './connection.ts'

/** How long a failed check stands. */
const RECHECK_AFTER_MS = 1000

export function createSchemaGuard(feature: MigratingFeature, open: () => Promise<Postgres>): SchemaGuard {
  let checked: Promise<void> | undefined
  return Object.assign(guard, { recheck })

  function guard(): Promise<void> {
    checked ??= check()
    return checked
  }

  function recheck() {
    checked = undefined
  }

  async function check() {
    try {
      const { missingMigrations } = await import('../migrations.ts')
      const missing = await missingMigrations((await open()).kysely(), feature)
      if (missing.length > 0) throw lacking(feature, missing)
    } catch (error) {
      setTimeout(recheck, RECHECK_AFTER_MS).unref()
      throw error
    }
  }
}

function lacking({ name }: MigratingFeature, { length, 0: first }: string[]) {
  const count = length === 1 ? 'a migration' : `${length} migrations`
  return unavailable(`The database lacks ${count} of ${name}, from "${first}" on: run \`node src/main.ts migrate\`.`, 5)
}
