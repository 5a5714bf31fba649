// What the database port needs from PostgreSQL and from SQLite.

import type { Kysely } from 'kysely'
import type { Migrations, OpenDatabase } from '../../ports/database.ts'
import type { Feature } from '../../ports/feature.ts'
import type { ReadinessChecks } from '../../ports/operations.ts'
import type { DatabaseMetrics } from './metrics.ts'
import type { Outages } from './outage.ts'

export interface DatabaseAdapter {
  /** Its name in `GET /info`. */
  name: string
  /** What the operator should fix, for `GET /info`. */
  warnings?(): string[]
  /** @throws {Problem} 503 while the database can't be opened */
  // biome-ignore lint/suspicious/noExplicitAny: the feature knows its tables.
  open(feature: Feature): Promise<Kysely<any>>
  migrate(features: MigratingFeature[]): Promise<void>
  /** @param inUse opens the databases that features have opened or tried to open so far */
  checks(inUse: () => OpenDatabase[]): ReadinessChecks
  close(): Promise<void>
}

export interface AdapterOptions {
  /** The features of this process that have migrations. */
  migrating: MigratingFeature[]
  outages: Outages
  /** Makes the next query of each feature open its database again. */
  reopen(): void
  /** Registers the metrics on the first call. */
  metrics(): DatabaseMetrics
}

export type MigratingFeature = Feature & { migrations: Migrations }

export const isMigrating = (feature: Feature): feature is MigratingFeature => feature.migrations !== undefined

/** Settles once the database has answered. */
export async function ping(database: Kysely<unknown>): Promise<void> {
  await database.selectNoFrom(({ lit }) => lit(1).as('pong')).execute()
}
