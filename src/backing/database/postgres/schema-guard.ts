// Keeps a feature from its tables as long as they are not what its code expects.

import { unavailable } from '../../../chassis/problem.ts'
import type { MigratingFeature } from '../adapter.ts'
import type { SchemaGuard } from '../driver.ts'
import type { Postgres } from './connection.ts'

/** How long it is believed that a migration is missing. */
const ASK_AGAIN_MS = 1000

export function createSchemaGuard(feature: MigratingFeature, open: () => Promise<Postgres>): SchemaGuard {
  let asked: Promise<void> | undefined
  return Object.assign(guard, { doubt })

  function guard(): Promise<void> {
    asked ??= ask()
    return asked
  }

  function doubt() {
    asked = undefined
  }

  async function ask() {
    try {
      const { missingMigrations } = await import('../migrations.ts')
      const missing = await missingMigrations((await open()).kysely(), feature)
      if (missing.length > 0) throw lacking(feature, missing)
    } catch (error) {
      setTimeout(() => (asked = undefined), ASK_AGAIN_MS).unref()
      throw error
    }
  }
}

function lacking({ name }: MigratingFeature, { length, 0: first }: string[]) {
  const count = length === 1 ? 'a migration' : `${length} migrations`
  return unavailable(`The database lacks ${count} of ${name}, from "${first}" on: run \`node src/main.ts migrate\`.`, 5)
}
