// What a database has to do for the features.

import type { Kysely } from 'kysely'
import type { ReadinessChecks } from '../../chassis/web/health.ts'
import type { Resource } from '../../chassis/web/info.ts'
import type { Feature, Migrations } from '../../ports.ts'

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
