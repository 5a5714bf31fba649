// The embedded database: an SQLite file, which survives a restart and which several processes may share. It is made and
// migrated when a feature first asks for it. On Cloud Foundry the file goes with its instance.

import type { Feature } from '../../../ports/feature.ts'
import { lazy } from '../../lazy.ts'
import type { BackingRuntime } from '../../runtime.ts'
import { createDatabaseMetrics, type DatabaseMetrics } from '../metrics.ts'
import { connecting, createOutages } from '../outage.ts'
import { ping } from '../ping.ts'
import { type DatabasePort, isMigrating } from '../port.ts'
import type { Sqlite } from './connection.ts'
import { makeFolderOf } from './file.ts'

export interface DatabaseFile {
  /** Its path, or `:memory:`. */
  file: string
  /** The variable that named the file, if one did. */
  name: string | undefined
}

export function createSqliteDatabase(
  runtime: BackingRuntime,
  features: Feature[],
  { file, name }: DatabaseFile,
): DatabasePort {
  const { config, log } = runtime
  const lent = new Map<string, () => Promise<Sqlite>>()
  const opened: Sqlite[] = []
  const outages = createOutages(log, file)
  let metrics: DatabaseMetrics | undefined
  let used = features.some(isMigrating)
  if (used)
    makeFolderOf(file).catch((error) => log.warn({ database: file, error }, 'the database file cannot be written'))

  return {
    async forFeature(feature) {
      used = true
      const open = lent.get(feature.name) ?? lazy(() => openFor(feature, config.DATABASE_TIMEOUT_MS))
      lent.set(feature.name, open)
      return (await open()).kysely
    },

    async migrate(features) {
      // Another process may be making them, and that takes its time.
      for (const feature of features.filter(isMigrating)) await openFor(feature, Number.POSITIVE_INFINITY)
    },

    checks: () => (used ? { database: check } : {}),

    resource: () => (used ? { port: 'database', adapter: 'sqlite', ...(name && { name }) } : undefined),
    close: async () => {
      for (const sqlite of opened) sqlite.close()
    },
  }

  /** What nobody has asked for yet is not opened to see whether it could be. */
  async function check() {
    if (lent.size === 0) return outages.during(() => connecting(() => makeFolderOf(file)))
    await Promise.all([...lent.values()].map(async (open) => ping((await open()).kysely)))
  }

  /** A connection for each feature: SQLite has one transaction a connection, and features stay out of each other's. */
  async function openFor(feature: Feature, timeoutMs: number): Promise<Sqlite> {
    const [{ openSqlite }, { migrateFeature }] = await Promise.all([
      import('./connection.ts'),
      import('../migrations.ts'),
    ])
    metrics ??= createDatabaseMetrics(runtime.registry)
    const attendance = { outages, metrics, timeoutMs }
    await outages.during(() => connecting(() => makeFolderOf(file)))
    const sqlite = await outages.during(() => openSqlite(file, attendance))
    try {
      if (isMigrating(feature)) await migrateFeature(sqlite.kysely, feature, log)
    } catch (error) {
      sqlite.close()
      throw error
    }
    opened.push(sqlite)
    return sqlite
  }
}
