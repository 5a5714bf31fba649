// SQLite, embedded or named by a `sqlite:` URL: a file that survives a restart and that several processes may share. It
// is created and migrated when a feature first uses it. On Cloud Foundry the file is lost with its instance.

import type { Feature } from '../../../ports/feature.ts'
import { createOutageLog } from '../../outage-log.ts'
import type { BackingRuntime } from '../../runtime.ts'
import { type AdapterOptions, type DatabaseAdapter, isMigrating, ping } from '../adapter.ts'
import { failToConnect } from '../outage.ts'
import type { Sqlite } from './connection.ts'
import { prepareFolder, probeDisk } from './file.ts'

/** @param file its path, or `:memory:` */
export function createSqliteDatabase(
  { config, log }: BackingRuntime,
  file: string,
  { migrating, outages, metrics, reopen }: AdapterOptions,
): DatabaseAdapter {
  const opened = new Set<Sqlite>()
  const disk = createOutageLog(log, 'the disk of the database')
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
        const databases = inUse()
        // A check does not open a file that no feature has used yet.
        if (databases.length === 0) await openFolder()
        await Promise.all(databases.map(async (open) => ping(await open())))
        await checkDisk()
      },
    }),

    close: async () => closeAll(),
  }

  /** A connection for each feature: SQLite runs one transaction per connection, and features must not share one. */
  async function openFor(feature: Feature, timeoutMs: number): Promise<Sqlite> {
    const [{ openSqlite }, { migrateFeature }] = await Promise.all([
      import('./connection.ts'),
      import('../migrations.ts'),
    ])
    await openFolder()
    const sqlite = await outages.during(() => openSqlite(file, { outages, metrics: metrics(), timeoutMs, replaced }))
    opened.add(sqlite)
    try {
      if (isMigrating(feature)) await migrateFeature(sqlite.kysely, feature, log)
    } catch (error) {
      sqlite.close()
      opened.delete(sqlite)
      throw error
    }
    return sqlite
  }

  /** All connections, since SQLite's locks belong to a process. The next query opens the file that is there then. */
  function replaced() {
    closeAll()
    reopen()
  }

  function closeAll() {
    for (const sqlite of opened) sqlite.close()
    opened.clear()
  }

  /** Has a log of its own: queries that only read succeed meanwhile, and would end the outage each time. */
  async function checkDisk() {
    try {
      await probeDisk(file)
      disk.answered()
    } catch (error) {
      disk.failed(error)
      throw error
    }
  }

  function openFolder(): Promise<void> {
    return outages.during(() => prepareFolder(file).catch(failToConnect))
  }
}
