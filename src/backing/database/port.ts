// The database port: PostgreSQL where it is bound, and an SQLite file otherwise. Kysely and the drivers are imported when
// a feature first asks for the database, since they take a tenth of a second and 30 MB.

import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { ReadinessChecks } from '../../chassis/web/health.ts'
import type { Resource } from '../../chassis/web/info.ts'
import type { Feature, Migrations } from '../../ports.ts'
import type { BackingParts } from '../backing.ts'
import { createBoundDatabase } from './bound.ts'
import { createEmbeddedDatabase } from './embedded.ts'

export interface DatabasePort {
  /** @throws {Problem} 503 while it can't be opened */
  // biome-ignore lint/suspicious/noExplicitAny: the feature knows its tables.
  lendTo(feature: Feature): Promise<Kysely<any>>
  /** Makes the migrations of these features that have not been made. */
  migrate(features: Feature[]): Promise<void>
  checks(features: Feature[]): ReadinessChecks
  /** Undefined as long as nobody uses it. */
  resource(): Resource | undefined
  close(): Promise<void>
}

export type MigratingFeature = Feature & { migrations: Migrations }

export const isMigrating = (feature: Feature): feature is MigratingFeature => feature.migrations !== undefined

export function createDatabasePort(parts: BackingParts): DatabasePort {
  const attached = parts.bindings.of('database')
  const file = attached ? SQLITE_URL.exec(attached.urls[0]!)?.[1] : join(parts.config.DATA_DIR, 'database.sqlite')
  if (file === undefined) return createBoundDatabase(parts, attached!)
  return createEmbeddedDatabase(parts, file)
}

const SQLITE_URL = /^sqlite:(?:\/\/(?=\/))?(.+)$/s
