// The database port: PostgreSQL where it is bound, and an SQLite file otherwise. Kysely and the drivers are imported
// when a feature first asks for the database, since they take a tenth of a second and 30 MB.

import { join } from 'node:path'
import type { BackingParts } from '../parts.ts'
import { createBoundDatabase } from './bound.ts'
import { createEmbeddedDatabase } from './embedded.ts'
import type { DatabasePort } from './port.ts'

export function createDatabasePort(parts: BackingParts): DatabasePort {
  const attached = parts.bindings.of('database')
  const file = attached ? SQLITE_URL.exec(attached.urls[0]!)?.[1] : join(parts.config.DATA_DIR, 'database.sqlite')
  if (file === undefined) return createBoundDatabase(parts, attached!)
  return createEmbeddedDatabase(parts, file, attached?.name)
}

const SQLITE_URL = /^sqlite:(?:\/\/(?=\/))?(.+)$/s
