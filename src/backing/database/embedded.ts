// The embedded database: an SQLite file, which survives a restart and which several processes may share. It is made and
// migrated when a feature first asks for it. On Cloud Foundry the file goes with its instance.

import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Kysely } from 'kysely'
import type { Feature } from '../../ports.ts'
import { onceItWorks } from '../once-it-works.ts'
import type { BackingParts } from '../parts.ts'
import { createDatabaseMetrics } from './metrics.ts'
import { createOutages } from './outage.ts'
import { ping } from './ping.ts'
import { type DatabasePort, isMigrating } from './port.ts'

export function createEmbeddedDatabase(parts: BackingParts, file: string): DatabasePort {
  const { config, release, log } = parts
  const lent = new Map<string, () => Promise<Kysely<unknown>>>()
  const opened: Kysely<unknown>[] = []
  const outages = createOutages(log, file)
  const attend = onceItWorks(async () => ({ outages, metrics: createDatabaseMetrics(parts.metrics) }))
  let used = false

  return {
    lendTo(feature) {
      used = true
      const open = lent.get(feature.name) ?? onceItWorks(() => openFor(feature))
      lent.set(feature.name, open)
      return open()
    },

    async migrate(features) {
      for (const feature of features.filter(isMigrating)) await openFor(feature)
    },

    checks(features) {
      used ||= features.some(isMigrating)
      if (!used) return {}
      // What nobody has asked for yet is not opened to see whether it could be.
      return { database: async () => void (await Promise.all(opened.map((database) => ping(database)))) }
    },

    resource: () => (used ? { port: 'database', adapter: 'sqlite' } : undefined),
    close: async () => void (await Promise.all(opened.map((database) => database.destroy()))),
  }

  /** A connection for each feature: SQLite has one transaction a connection, and they must not get into each other's. */
  async function openFor(feature: Feature) {
    if (Number(release.instance) > 0) {
      log.warn({ file }, 'the database is embedded, so every instance has its own; bind one to share it')
    }
    const [{ openSqlite }, { migrateFeature }] = await Promise.all([import('./sqlite.ts'), import('./migrations.ts')])
    const attendance = await attend()
    const database = await outages.during(async () => {
      if (file !== ':memory:') await mkdir(dirname(file), { recursive: true })
      return openSqlite(file, { ...attendance, timeoutMs: config.DATABASE_TIMEOUT_MS })
    })
    try {
      if (isMigrating(feature)) await migrateFeature(database, feature, log)
    } catch (error) {
      await database.destroy()
      throw error
    }
    opened.push(database)
    return database
  }
}
