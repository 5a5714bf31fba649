// The database port: PostgreSQL where it is bound, and an SQLite file otherwise. Kysely and the drivers are imported
// when a feature first asks for the database, since they take a tenth of a second and 30 MB.

import { join } from 'node:path'
import type { Feature } from '../../ports/feature.ts'
import type { BackingRuntime } from '../runtime.ts'
import { createBoundDatabase } from './bound.ts'
import { createEmbeddedDatabase } from './embedded.ts'
import type { DatabasePort } from './port.ts'

export function createDatabasePort(runtime: BackingRuntime, features: Feature[]): DatabasePort {
  const attached = runtime.bindings.of('database')
  const file = attached ? SQLITE_URL.exec(attached.urls[0]!)?.[1] : join(runtime.config.DATA_DIR, 'database.sqlite')
  if (file === undefined) return createBoundDatabase(runtime, features, attached!)
  return createEmbeddedDatabase(runtime, features, { file, name: attached?.name })
}

const SQLITE_URL = /^sqlite:(?:\/\/(?=\/))?(.+)$/s
