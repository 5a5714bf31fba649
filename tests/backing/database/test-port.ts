// The database port as a process has it, with a log that can be read and features that are made up.

import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Registry } from 'prom-client'
import { createDatabasePort, type DatabasePort } from '../../../src/backing/database/port.ts'
import type { Migrations } from '../../../src/ports/database.ts'
import type { Feature } from '../../../src/ports/feature.ts'
import { createRuntime } from '../fixtures/runtime.ts'

export interface TestPort extends DatabasePort, AsyncDisposable {
  /** As a feature has it, typed by its tables. */
  lend<Tables>(feature: Feature): Promise<Kysely<Tables>>
  /** What was logged, parsed. */
  lines(): Record<string, unknown>[]
  /** What was logged with this message. */
  told(message: string): Record<string, unknown>[]
  registry: Registry
}

/** @param features those that the process serves, which decide what readiness checks */
export function openPort(env: NodeJS.ProcessEnv, features: Feature[] = []): TestPort {
  const { runtime, lines, logged: told } = createRuntime(env)
  const port = createDatabasePort(runtime, features)

  return {
    ...port,
    lend: (feature) => port.forFeature(feature)(),
    lines,
    told,
    registry: runtime.registry,
    [Symbol.asyncDispose]: port.close,
  }
}

export interface Tables {
  notes: { id: number; text: string; written_at: string | null }
}

export const createNotes: Migrations = {
  '2026-01-01-create-notes': {
    async up(database) {
      await database.schema
        .createTable('notes')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('text', 'text', (column) => column.notNull().unique())
        .addColumn('written_at', 'timestamptz')
        .execute()
    },
  },
}

export const notes: Feature = defineMigrating('notes', createNotes)

/** @param migrations nothing at all for a feature without */
export function defineMigrating(name: string, migrations?: Migrations): Feature {
  return { name, settings: {}, start: () => ({}), ...(migrations && { migrations }) }
}

export const creating = (table: string): Migration => ({
  async up(database) {
    await database.schema.createTable(table).addColumn('id', 'integer').execute()
  },
})

/** A migration that can't be made. */
export const failing: Migrations = {
  '2026-01-02-fail': {
    async up(database) {
      await creating('half').up(database)
      await database.schema.dropTable('nowhere').execute()
    },
  },
}
