// The database port: PostgreSQL where it is bound, otherwise an SQLite file. Kysely and the drivers take a tenth of a
// second and 30 MB to load, so they are imported when a feature first uses the database.

import { join } from 'node:path'
import type { OpenDatabase } from '../../ports/database.ts'
import type { Feature } from '../../ports/feature.ts'
import type { ReadinessChecks, Resource } from '../../ports/operations.ts'
import { lazy } from '../lazy.ts'
import type { BackingRuntime } from '../runtime.ts'
import { isMigrating } from './adapter.ts'
import { createDatabaseMetrics, type DatabaseMetrics } from './metrics.ts'
import { createOutages } from './outage.ts'
import { createPostgresDatabase } from './postgres/database.ts'
import { createSqliteDatabase } from './sqlite/database.ts'

export interface DatabasePort {
  /** The database of a feature, found by the feature's name: every call leads to the same one. */
  forFeature(feature: Feature): OpenDatabase
  /** Runs the pending migrations of these features. */
  migrate(features: Feature[]): Promise<void>
  checks(): ReadinessChecks
  /** Undefined while no feature uses the database. */
  resource(): Resource | undefined
  close(): Promise<void>
}

/** @param features those of this process: one that has migrations uses the database, even before its first query */
export function createDatabasePort(runtime: BackingRuntime, features: Feature[]): DatabasePort {
  const binding = runtime.bindings.of('database')
  const file = binding ? SQLITE_URL.exec(binding.urls[0]!)?.[1] : join(runtime.config.DATA_DIR, 'database.sqlite')
  const migrating = features.filter(isMigrating)
  const inUse = new Map<string, Used>()
  let registered: DatabaseMetrics | undefined
  const options = { migrating, outages: createOutages(runtime.log, file ?? binding!.name), reopen, metrics }
  const adapter =
    file === undefined
      ? createPostgresDatabase(runtime, binding!, options)
      : createSqliteDatabase(runtime, file, options)

  return {
    forFeature: (feature) =>
      function openDatabase() {
        return (inUse.get(feature.name) ?? use(feature)).open()
      },
    migrate: (features) => adapter.migrate(features.filter(isMigrating)),
    checks: () => (isUsed() ? adapter.checks(() => [...inUse.values()].map(({ open }) => open)) : {}),
    resource() {
      if (!isUsed()) return undefined
      const warning = adapter.warnings?.().join('; ')
      return {
        port: 'database',
        adapter: adapter.name,
        ...(binding && { name: binding.name }),
        ...(warning && { warning }),
      }
    },
    close: adapter.close,
  }

  function use(feature: Feature): Used {
    const used = { feature, open: lazy(() => adapter.open(feature)) }
    inUse.set(feature.name, used)
    return used
  }

  function reopen() {
    for (const { feature } of [...inUse.values()]) use(feature)
  }

  function isUsed() {
    return migrating.length > 0 || inUse.size > 0
  }

  function metrics() {
    registered ??= createDatabaseMetrics(runtime.registry)
    return registered
  }
}

interface Used {
  feature: Feature
  open: OpenDatabase
}

/** `sqlite:relative/file`, `sqlite:/absolute/file`, `sqlite:///absolute/file` or `sqlite::memory:`. */
const SQLITE_URL = /^sqlite:(?:\/\/(?=\/))?(.+)$/s
