// Applies migrations, feature by feature: each has its own history, so that features can be added and removed in any
// order. Several processes may begin at once: one applies the migrations, the others wait and find nothing left to do.

import type { Kysely } from 'kysely'
import { type MigrationResult, Migrator } from 'kysely/migration'
import { Problem } from '../../chassis/problem.ts'
import type { Migrations } from '../../ports/database.ts'
import type { Log } from '../../ports/log.ts'
import type { MigratingFeature } from './adapter.ts'

/**
 * Applies all missing migrations in one transaction, or none.
 *
 * @throws {Problem} 503 if the database failed
 * @throws {Error} naming the migration that has a bug
 */
export async function migrateFeature(database: Kysely<unknown>, feature: MigratingFeature, log: Log): Promise<void> {
  const applied = await appliedMigrations(database, feature)
  const missing = missingFrom(applied, feature)
  // Logged before the start, since waiting for another process may take long, and so may a migration.
  if (missing.length > 0) log.info({ feature: feature.name, missing }, 'migrating')
  const results = missing.length > 0 ? await applyMigrations(database, feature, applied) : []

  for (const { migrationName } of results) log.info({ feature: feature.name, migration: migrationName }, 'migrated')
  if (results.length === 0) log.info({ feature: feature.name }, 'there is nothing to migrate')
}

/** The names of the migrations that the database lacks, in order. It may have others, of a newer release. */
export async function missingMigrations(database: Kysely<unknown>, feature: MigratingFeature): Promise<string[]> {
  return missingFrom(await appliedMigrations(database, feature), feature)
}

const missingFrom = (applied: string[], { migrations }: MigratingFeature) =>
  Object.keys(migrations)
    .sort()
    .filter((name) => !applied.includes(name))

async function applyMigrations(
  database: Kysely<unknown>,
  feature: MigratingFeature,
  applied: string[],
): Promise<MigrationResult[]> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...emptyMigrations(applied), ...feature.migrations }) },
    migrationTableName: historyOf(feature),
    migrationLockTableName: `${historyOf(feature)}_lock`,
    // Two branches may each add one, and may be merged in the opposite order of their names.
    allowUnorderedMigrations: true,
  })
  const { error, results = [] } = await migrator.migrateToLatest()

  if (error instanceof Problem) throw error
  // While this process waited for the lock, a newer release may have applied migrations that are not known here.
  const appliedSince = error ? await appliedMigrations(database, feature) : applied
  if (appliedSince.length > applied.length) return applyMigrations(database, feature, appliedSince)
  const failed = results.find(({ status }) => status === 'Error')
  if (failed) throw new Error(`The migration "${failed.migrationName}" of ${feature.name} failed.`, { cause: error })
  if (error) throw error
  return results
}

/** Kysely requires a definition for each applied migration. Those of a newer release are known by name only. */
const emptyMigrations = (names: string[]): Migrations =>
  Object.fromEntries(names.map((name) => [name, { async up() {} }]))

async function appliedMigrations(database: Kysely<unknown>, feature: MigratingFeature): Promise<string[]> {
  try {
    const table = database.withTables<Record<string, { name: string }>>()
    const rows = await table.selectFrom(historyOf(feature)).select('name').execute()
    return rows.map(({ name }) => name)
  } catch (error) {
    if (isNoSuchTable(error as Error)) return []
    throw error
  }
}

const isNoSuchTable = ({ code, message }: Error & { code?: string }) =>
  code === '42P01' || message.startsWith('no such table')

const historyOf = ({ name }: MigratingFeature) => `${name.replaceAll(/\W/g, '_')}_migrations`
