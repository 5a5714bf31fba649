// The database port: PostgreSQL where it is bound, and an SQLite file otherwise. Kysely and the drivers are imported
// when a feature first asks for the database, since they take a tenth of a second and 30 MB.

import { join } from 'node:path'
import type { Feature } from '../../ports/feature.ts'
import type { BackingRuntime } from '../runtime.ts'
import type { DatabasePort } from './port.ts'
import { createPostgresDatabase } from './postgres/database.ts'
import { createSqliteDatabase } from './sqlite/database.ts'

export function createDatabasePort(runtime: BackingRuntime, features: Feature[]): DatabasePort {
  const attached = runtime.bindings.of('database')
  const file = attached ? SQLITE_URL.exec(attached.urls[0]!)?.[1] : join(runtime.config.DATA_DIR, 'database.sqlite')
  if (file === undefined) return createPostgresDatabase(runtime, features, attached!)
  return createSqliteDatabase(runtime, features, { file, name: attached?.name })
}

const SQLITE_URL = /^sqlite:(?:\/\/(?=\/))?(.+)$/s
