// PostgreSQL, which is always bound. Its schema is migrated by a process of its own; until then, queries of the feature
// are refused, and readiness says why.

import { Registry } from 'prom-client'
import type { Binding } from '../../../ports/bindings.ts'
import { lazy } from '../../lazy.ts'
import type { BackingRuntime } from '../../runtime.ts'
import { type AdapterOptions, type DatabaseAdapter, isMigrating, type MigratingFeature } from '../adapter.ts'
import type { SchemaGuard } from '../driver.ts'
import { createDatabaseMetrics, type DatabaseMetrics } from '../metrics.ts'
import type { Postgres } from './connection.ts'
import { createSchemaGuard } from './schema-guard.ts'

export function createPostgresDatabase(
  { config, release, log }: BackingRuntime,
  binding: Binding,
  { migrating, outages, metrics }: AdapterOptions,
): DatabaseAdapter {
  const guards = new Map<string, SchemaGuard>()
  const warnings = new Set<string>()
  let opened: Postgres | undefined

  const open = lazy(async () => {
    opened = await openWith(metrics(), config.DATABASE_TIMEOUT_MS)
    return opened
  })

  return {
    name: 'postgresql',
    warnings: () => [...warnings],

    async open(feature) {
      const { kysely } = await open()
      return kysely(isMigrating(feature) ? guardOf(feature) : undefined)
    },

    async migrate(features) {
      const { migrateFeature } = await import('../migrations.ts')
      // Without a time limit: a migration may take long, and so may waiting for another process that runs it.
      const postgres = await openWith(createDatabaseMetrics(new Registry()), undefined)
      try {
        for (const feature of features) await migrateFeature(postgres.kysely(), feature, log)
      } finally {
        await postgres.close()
      }
    },

    checks() {
      const schemas = migrating.map((feature) => [`${feature.name} schema`, guardOf(feature)])
      return { database: async () => (await open()).ping(), ...Object.fromEntries(schemas) }
    },

    close: async () => opened?.close(),
  }

  async function openWith(measured: DatabaseMetrics, statementMs: number | undefined) {
    const { openPostgres } = await import('./connection.ts')
    return openPostgres(binding, {
      metrics: measured,
      outages,
      applicationName: release.name,
      max: config.DATABASE_POOL_MAX,
      connectMs: config.DATABASE_CONNECT_MS ?? config.DATABASE_TIMEOUT_MS,
      statementMs,
      warn,
      log,
    })
  }

  /** Each warning is logged once, and stays in `GET /info`. */
  function warn(warning: string) {
    if (!warnings.has(warning)) log.warn({ database: binding.name }, warning)
    warnings.add(warning)
  }

  function guardOf(feature: MigratingFeature): SchemaGuard {
    const guard = guards.get(feature.name) ?? createSchemaGuard(feature, open)
    guards.set(feature.name, guard)
    return guard
  }
}
