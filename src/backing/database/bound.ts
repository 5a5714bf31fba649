// The bound database: PostgreSQL, whose schema is migrated by a process of its own. Until that has been done, a feature's
// queries are refused and readiness says why.

import type { Kysely } from 'kysely'
import { Registry } from 'prom-client'
import type { Attached } from '../../chassis/bindings.ts'
import { unavailable } from '../../chassis/problem.ts'
import type { Feature } from '../../ports.ts'
import { onceItWorks } from '../once-it-works.ts'
import type { BackingParts } from '../parts.ts'
import { createDatabaseMetrics } from './metrics.ts'
import { createOutages } from './outage.ts'
import { type DatabasePort, isMigrating, type MigratingFeature } from './port.ts'
import type { Postgres } from './postgres.ts'

export function createBoundDatabase(parts: BackingParts, attached: Attached): DatabasePort {
  const { config, release, log } = parts
  const lent = new Map<string, Kysely<unknown>>()
  const guards = new Map<string, () => Promise<void>>()
  let opened: Postgres | undefined
  let used = false

  const open = onceItWorks(async () => {
    opened = await openWith({ timeoutMs: config.DATABASE_TIMEOUT_MS, registry: parts.metrics })
    return opened
  })

  return {
    async lendTo(feature) {
      used = true
      const postgres = await open()
      const database = lent.get(feature.name) ?? postgres.kysely(isMigrating(feature) ? guardOf(feature) : undefined)
      lent.set(feature.name, database)
      return database
    },

    async migrate(features) {
      const { migrateFeature } = await import('./migrations.ts')
      // A migration may take its time, and so may waiting for another process that makes it.
      const postgres = await openWith({ timeoutMs: 0, registry: new Registry() })
      try {
        for (const feature of features.filter(isMigrating)) await migrateFeature(postgres.kysely(), feature, log)
      } finally {
        await postgres.close()
      }
    },

    checks(features) {
      const migrating = features.filter(isMigrating)
      used ||= migrating.length > 0
      if (!used) return {}
      const schemas = migrating.map((feature) => [`${feature.name} schema`, guardOf(feature)])
      return { database: async () => (await open()).ping(), ...Object.fromEntries(schemas) }
    },

    resource: () => (used ? { port: 'database', adapter: 'postgresql', name: attached.name } : undefined),
    close: async () => opened?.close(),
  }

  async function openWith({ timeoutMs, registry }: { timeoutMs: number; registry: Registry }) {
    const { openPostgres } = await import('./postgres.ts')
    return openPostgres(attached, {
      metrics: createDatabaseMetrics(registry),
      outages: createOutages(log, attached.name),
      applicationName: release.name,
      max: config.DATABASE_POOL_MAX,
      timeoutMs,
      log,
    })
  }

  function guardOf(feature: MigratingFeature): () => Promise<void> {
    const guard = guards.get(feature.name) ?? createSchemaGuard(feature, open)
    guards.set(feature.name, guard)
    return guard
  }
}

/** How long it is believed that a migration is missing, in milliseconds. */
const ASK_AGAIN_MS = 1000

/** Settles once the database has all the migrations of the feature. It may have more: a newer release has been there. */
function createSchemaGuard(feature: MigratingFeature, open: () => Promise<Postgres>): () => Promise<void> {
  let asked: Promise<void> | undefined
  return () => (asked ??= ask())

  async function ask() {
    try {
      const { missingMigrations } = await import('./migrations.ts')
      const missing = await missingMigrations((await open()).kysely(), feature)
      if (missing.length > 0) throw lacking(feature, missing)
    } catch (error) {
      setTimeout(() => (asked = undefined), ASK_AGAIN_MS).unref()
      throw error
    }
  }
}

const lacking = ({ name }: Feature, [first, ...others]: string[]) =>
  unavailable(
    `The database lacks the migration "${first}" of ${name}${others.length > 0 ? ` and ${others.length} more` : ''}. ` +
      'Run `node src/main.ts migrate`.',
    5,
  )
