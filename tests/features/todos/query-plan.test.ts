// Pages are read by the index of the primary key; service_tests/features/todos.test.ts explains them in PostgreSQL.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import todos from '../../../src/features/todos/index.ts'
import type { TodoStore } from '../../../src/features/todos/store.ts'
import { createTestApp } from '../../app.ts'
import { statementOf } from './statements.ts'

const folder = mkdtempSync(join(tmpdir(), 'todos-'))
const file = join(folder, 'database.sqlite')
const id = '019ab8c4-fbff-7b3b-8f9f-c75673541bec'

beforeAll(async () => {
  const { http, lifecycle } = await createTestApp({ features: [todos], env: { DATABASE_URL: `sqlite:${file}` } })
  await http.get('/todos')
  await lifecycle.stop('done')
})
afterAll(() => rmSync(folder, { recursive: true }))

test.each<[string, (store: TodoStore) => Promise<unknown>]>([
  ['the first page', (store) => store.list({ limit: 11 })],
  ['a page by its start', (store) => store.list({ start: 5000, limit: 11 })],
  ['a page by its cursor', (store) => store.list({ before: id, limit: 11 })],
])('%s is read by the index, and nothing is sorted', async (_, call) => {
  const plan = await planOf(call)

  expect(plan).toMatch(/^(SCAN|SEARCH) todos USING INDEX sqlite_autoindex_todos_1/)
  expect(plan).not.toContain('TEMP B-TREE')
})

test.each<[string, (store: TodoStore) => Promise<unknown>]>([
  ['read', (store) => store.read(id)],
  ['finished', (store) => store.finish(id, '2026-11-24T00:00:00.000Z')],
  ['deleted', (store) => store.remove(id)],
])('a todo is found by the index to be %s', async (_, call) => {
  expect(await planOf(call)).toBe('SEARCH todos USING INDEX sqlite_autoindex_todos_1 (id=?)')
})

async function planOf(call: (store: TodoStore) => Promise<unknown>): Promise<string> {
  const { sql, parameters } = await statementOf('sqlite', call)
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(parameters as SQLInputValue[]))
    return steps.map(({ detail }) => detail).join('\n')
  } finally {
    database.close()
  }
}
