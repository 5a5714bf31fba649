// The bound database: PostgreSQL, whose schema is migrated by a process of its own. Until that has been done, a
// feature's queries are refused and readiness says why.

import type { Kysely } from 'kysely'
import { Registry } from 'prom-client'
import type { Binding } from '../../../ports/bindings.ts'
import type { Feature } from '../../../ports/feature.ts'
import { lazy } from '../../lazy.ts'
import type { BackingRuntime } from '../../runtime.ts'
import type { SchemaGuard } from '../driver.ts'
import { createDatabaseMetrics, type DatabaseMetrics } from '../metrics.ts'
import { createOutages } from '../outage.ts'
import { type DatabasePort, isMigrating, type MigratingFeature } from '../port.ts'
import type { Postgres } from './connection.ts'
import { createSchemaGuard } from './schema-guard.ts'

export function createPostgresDatabase(runtime: BackingRuntime, features: Feature[], attached: Binding): DatabasePort {
  const { config, release, log } = runtime
  const lent = new Map<string, Kysely<unknown>>()
  const guards = new Map<string, SchemaGuard>()
  const outages = createOutages(log, attached.name)
  let metrics: DatabaseMetrics | undefined
  let opened: Postgres | undefined
  const migrating = features.filter(isMigrating)
  let used = migrating.length > 0

  const open = lazy(async () => {
    metrics ??= createDatabaseMetrics(runtime.registry)
    opened = await openWith(metrics, config.DATABASE_TIMEOUT_MS)
    return opened
  })

  return {
    async forFeature(feature) {
      used = true
      const postgres = await open()
      const database = lent.get(feature.name) ?? postgres.kysely(isMigrating(feature) ? guardOf(feature) : undefined)
      lent.set(feature.name, database)
      return database
    },

    async migrate(features) {
      const { migrateFeature } = await import('../migrations.ts')
      // A migration may take its time, and so may waiting for another process that makes it.
      const postgres = await openWith(createDatabaseMetrics(new Registry()), undefined)
      try {
        for (const feature of features.filter(isMigrating)) await migrateFeature(postgres.kysely(), feature, log)
      } finally {
        await postgres.close()
      }
    },

    checks() {
      if (!used) return {}
      const schemas = migrating.map((feature) => [`${feature.name} schema`, guardOf(feature)])
      return { database: async () => (await open()).ping(), ...Object.fromEntries(schemas) }
    },

    resource: () => (used ? { port: 'database', adapter: 'postgresql', name: attached.name } : undefined),
    close: async () => opened?.close(),
  }

  async function openWith(measured: DatabaseMetrics, statementMs: number | undefined) {
    const { openPostgres } = await import('./connection.ts')
    return openPostgres(attached, {
      metrics: measured,
      outages,
      applicationName: release.name,
      max: config.DATABASE_POOL_MAX,
      connectMs: config.DATABASE_CONNECT_MS ?? config.DATABASE_TIMEOUT_MS,
      statementMs,
      log,
    })
  }

  function guardOf(feature: MigratingFeature): SchemaGuard {
    const guard = guards.get(feature.name) ?? createSchemaGuard(feature, open)
    guards.set(feature.name, guard)
    return guard
  }
}
