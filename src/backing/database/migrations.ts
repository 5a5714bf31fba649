// Migrations, feature by feature: each has a history of its own, so that features can come and go in any order. They
// are safe when several processes begin at once: one makes them, and the others wait and find them made.

import type { Kysely } from 'kysely'
import { type MigrationResult, Migrator } from 'kysely/migration'
import { Problem } from '../../chassis/problem.ts'
import type { Migrations } from '../../ports/database.ts'
import type { Log } from '../../ports/log.ts'
import type { MigratingFeature } from './adapter.ts'

/**
 * None of this call is left half done.
 *
 * @throws {Problem} 503 where the database failed
 * @throws {Error} naming the migration that failed by itself
 */
export async function migrateFeature(database: Kysely<unknown>, feature: MigratingFeature, log: Log): Promise<void> {
  const made = await madeMigrations(database, feature)
  const missing = lacking(feature, made)
  // Said before, for it may have to wait for another process, or take long.
  if (missing.length > 0) log.info({ feature: feature.name, missing }, 'migrating')
  const results = missing.length > 0 ? await makeMigrations(database, feature, made) : []

  for (const { migrationName } of results) log.info({ feature: feature.name, migration: migrationName }, 'migrated')
  if (results.length === 0) log.info({ feature: feature.name }, 'there is nothing to migrate')
}

/** The names of the migrations that the database lacks, in their order. It may have others: a newer release's. */
export async function missingMigrations(database: Kysely<unknown>, feature: MigratingFeature): Promise<string[]> {
  return lacking(feature, await madeMigrations(database, feature))
}

const lacking = ({ migrations }: MigratingFeature, made: string[]) =>
  Object.keys(migrations)
    .sort()
    .filter((name) => !made.includes(name))

async function makeMigrations(
  database: Kysely<unknown>,
  feature: MigratingFeature,
  made: string[],
): Promise<MigrationResult[]> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...nothingFor(made), ...feature.migrations }) },
    migrationTableName: historyOf(feature),
    migrationLockTableName: `${historyOf(feature)}_lock`,
    // Two branches may have added one each, and been merged in the order that their names don't have.
    allowUnorderedMigrations: true,
  })
  const { error, results = [] } = await migrator.migrateToLatest()

  if (error instanceof Problem) throw error
  // While this process waited for its turn, a newer release may have made migrations of its own.
  const madeSince = error ? await madeMigrations(database, feature) : made
  if (madeSince.length > made.length) return makeMigrations(database, feature, madeSince)
  const failed = results.find(({ status }) => status === 'Error')
  if (failed) throw new Error(`The migration "${failed.migrationName}" of ${feature.name} failed.`, { cause: error })
  if (error) throw error
  return results
}

/** Kysely insists on knowing what was made; of a newer release's we know no more than the name. */
const nothingFor = (made: string[]): Migrations => Object.fromEntries(made.map((name) => [name, { async up() {} }]))

async function madeMigrations(database: Kysely<unknown>, feature: MigratingFeature): Promise<string[]> {
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
