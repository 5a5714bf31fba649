// Migrations, feature by feature: each has a history of its own, so that features can come and go in any order. They are
// safe when several processes begin at once: one makes them, and the others wait and find them made.

import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Log } from '../../chassis/log.ts'
import type { MigratingFeature } from './port.ts'

/** @throws {Error} naming the migration that failed. None of this call is left half done */
export async function migrateFeature(database: Kysely<unknown>, feature: MigratingFeature, log: Log): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => feature.migrations },
    migrationTableName: historyOf(feature),
    migrationLockTableName: `${historyOf(feature)}_lock`,
  })
  const { error, results = [] } = await migrator.migrateToLatest()

  const failed = results.find(({ status }) => status === 'Error')
  if (failed) throw new Error(`The migration "${failed.migrationName}" of ${feature.name} failed.`, { cause: error })
  if (error) throw error
  for (const { migrationName } of results) log.info({ feature: feature.name, migration: migrationName }, 'migrated')
  if (results.length === 0) log.info({ feature: feature.name }, 'there is nothing to migrate')
}

/** The names of the migrations that the database lacks, in their order. */
export async function missingMigrations(database: Kysely<unknown>, feature: MigratingFeature): Promise<string[]> {
  const made = await madeMigrations(database, feature)
  return Object.keys(feature.migrations)
    .sort()
    .filter((name) => !made.includes(name))
}

const UNDEFINED_TABLE = '42P01'

async function madeMigrations(database: Kysely<unknown>, feature: MigratingFeature): Promise<string[]> {
  try {
    const table = database.withTables<Record<string, { name: string }>>()
    const rows = await table.selectFrom(historyOf(feature)).select('name').execute()
    return rows.map(({ name }) => name)
  } catch (error) {
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return []
    throw error
  }
}

const historyOf = ({ name }: MigratingFeature) => `${name.replaceAll('-', '_')}_migrations`
