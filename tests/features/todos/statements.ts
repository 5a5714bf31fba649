// The SQL statements of the store, as either database would get them.

import { type CompiledQuery, type Dialect, DummyDriver, Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import { createTodoStore, type Tables, type TodoStore } from '../../../src/features/todos/store.ts'

const dialects = {
  sqlite: new SqliteDialect({ database: {} as never }),
  postgresql: new PostgresDialect({ pool: {} as never }),
}

/** @returns the one statement that a call of the store sends; the database behind it is always empty */
export async function statementOf(
  kind: keyof typeof dialects,
  call: (store: TodoStore) => Promise<unknown>,
): Promise<CompiledQuery> {
  const statements: CompiledQuery[] = []
  const database = new Kysely<Tables>({
    dialect: unattached(dialects[kind]),
    log: ({ query }) => void statements.push(query),
  })
  await call(createTodoStore(async () => database))
  if (statements.length !== 1) throw new Error(`The store has sent ${statements.length} statements.`)
  return statements[0]!
}

function unattached(dialect: Dialect): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (database) => dialect.createIntrospector(database),
    createDriver: () => new DummyDriver(),
  }
}
