// The schema of the todos. SQLite accepts the names of PostgreSQL's types, and stores text.

import type { Migrations } from '../../ports/database.ts'

export const migrations: Migrations = {
  '2026-11-24-create-todos': {
    async up(database) {
      await database.schema
        .createTable('todos')
        .addColumn('id', 'uuid', (column) => column.primaryKey())
        .addColumn('content', 'text', (column) => column.notNull())
        .addColumn('created_at', 'timestamptz', (column) => column.notNull())
        .addColumn('finished_at', 'timestamptz')
        .execute()
    },
  },
}
