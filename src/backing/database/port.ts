// What a database has to do for the features.

import type { Kysely } from 'kysely'
import type { Migrations } from '../../ports/database.ts'
import type { Feature } from '../../ports/feature.ts'
import type { ReadinessChecks, Resource } from '../../ports/operations.ts'

export interface DatabasePort {
  /** @throws {Problem} 503 while it can't be opened */
  // biome-ignore lint/suspicious/noExplicitAny: the feature knows its tables.
  forFeature(feature: Feature): Promise<Kysely<any>>
  /** Makes the migrations of these features that have not been made. */
  migrate(features: Feature[]): Promise<void>
  checks(): ReadinessChecks
  /** Undefined as long as nobody uses it. */
  resource(): Resource | undefined
  close(): Promise<void>
}

export type MigratingFeature = Feature & { migrations: Migrations }

export const isMigrating = (feature: Feature): feature is MigratingFeature => feature.migrations !== undefined
