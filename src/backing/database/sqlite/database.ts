// SQLite, embedded or named by a `sqlite:` URL: a file that survives a restart and that several processes may share. It
// is created and migrated when a feature first uses it. On Cloud Foundry the file is lost with its instance.

import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Feature } from '../../../ports/feature.ts'
import type { BackingRuntime } from '../../runtime.ts'
import { type AdapterOptions, type DatabaseAdapter, isMigrating, ping } from '../adapter.ts'
import { failToConnect } from '../outage.ts'
import type { Sqlite } from './connection.ts'

/** @param file its path, or `:memory:` */
export function createSqliteDatabase(
  { config, log }: BackingRuntime,
  file: string,
  { migrating, outages, metrics }: AdapterOptions,
): DatabaseAdapter {
  const opened: Sqlite[] = []
  if (migrating.length > 0)
    prepareFolder(file).catch((error) => log.warn({ database: file, error }, 'the database file cannot be written'))

  return {
    name: 'sqlite',

    open: async (feature) => (await openFor(feature, config.DATABASE_TIMEOUT_MS)).kysely,

    async migrate(features) {
      // Without a time limit, since another process may be running the same migrations.
      for (const feature of features) await openFor(feature, Number.POSITIVE_INFINITY)
    },

    checks: (inUse) => ({
      async database() {
        // A check does not open a file that no feature has used yet.
        if (inUse.size === 0) await openFolder()
        await Promise.all([...inUse.values()].map(async (open) => ping(await open())))
      },
    }),

    close: async () => {
      for (const sqlite of opened) sqlite.close()
    },
  }

  /** A connection for each feature: SQLite runs one transaction per connection, and features must not share one. */
  async function openFor(feature: Feature, timeoutMs: number): Promise<Sqlite> {
    const [{ openSqlite }, { migrateFeature }] = await Promise.all([
      import('./connection.ts'),
      import('../migrations.ts'),
    ])
    await openFolder()
    const sqlite = await outages.during(() => openSqlite(file, { outages, metrics: metrics(), timeoutMs }))
    try {
      if (isMigrating(feature)) await migrateFeature(sqlite.kysely, feature, log)
    } catch (error) {
      sqlite.close()
      throw error
    }
    opened.push(sqlite)
    return sqlite
  }

  function openFolder(): Promise<void> {
    return outages.during(() => prepareFolder(file).catch(failToConnect))
  }
}

/**
 * Creates the folder if it is missing.
 *
 * @throws {Error} where the file can't be written
 */
async function prepareFolder(file: string): Promise<void> {
  if (file === ':memory:') return
  await mkdir(dirname(file), { recursive: true })
  await access(dirname(file), constants.W_OK)
  await access(file, constants.W_OK).catch((error) => {
    if (error.code !== 'ENOENT') throw error
  })
}
