// The database port: PostgreSQL where one is bound, and an SQLite file otherwise.

import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Opens the database, typed by the feature's tables. No query is sent before the feature's migrations have been made.
 *
 * @throws {Problem} 503 with Retry-After, also from every query: the database is unreachable, too slow or too busy, or
 *   lacks a migration
 */
export type OpenDatabase = <Tables>() => Promise<Kysely<Tables>>

/**
 * Changes of the database's schema, by names that sort in the order in which they are made. During a rolling update,
 * code of both versions meets the new schema: so a migration only adds, and a later release removes.
 */
export type Migrations = Readonly<Record<string, Migration>>
