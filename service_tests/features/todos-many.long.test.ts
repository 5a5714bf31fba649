// Ten thousand todos, seen from outside: the same with an SQLite file and with a PostgreSQL that is bound.

import { postgresMissing } from 'private-servers/postgres'
import { expect, test } from 'vitest'
import type { TodoStore } from '../../src/features/todos/store.ts'
import { statementOf } from '../../tests/features/todos/statements.ts'
import { shared } from '../attached/fixtures/shared.ts'
import { startService } from '../service.ts'
import { createMany, idsOf, readAll, readPage } from './todos-client.ts'
import { type DatabaseServer, openFiles, openMigratedPostgres } from './todos-databases.ts'

const MANY = 10_000
const UNKNOWN = '019ab8c4-fbff-7b3b-8f9f-c75673541bec'

testWith('SQLite', { server: shared(openFiles), missing: false })

const noPostgres = postgresMissing()
const postgres = shared(openMigratedPostgres)
const manyInPostgres = testWith('PostgreSQL', { server: postgres, missing: noPostgres })

test.skipIf(noPostgres).each<[string, (store: TodoStore) => Promise<unknown>]>([
  ['the first page', (store) => store.list({ limit: 11 })],
  ['a page by its start', (store) => store.list({ start: 9000, limit: 11 })],
  ['a page by its cursor', (store) => store.list({ before: UNKNOWN, limit: 11 })],
])('of many todos, PostgreSQL reads %s by the index, and sorts nothing', async (_, call) => {
  await manyInPostgres()

  const plan = await explain('many', call)

  expect(plan).toContain('Index Scan Backward using todos_pkey on todos')
  expect(plan).not.toMatch(/Seq Scan|Sort/)
})

/** Tests for any database. @returns the function that opens the service with many todos, which these tests share */
function testWith(name: string, { server, missing }: { server: () => Promise<DatabaseServer>; missing: boolean }) {
  const many = shared(async () => {
    const service = await startService({ env: await (await server()).createDatabase('many') })
    const createdIds = await createMany(service, MANY)
    return { service, createdIds, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() }
  })
  const testIt = test.skipIf(missing)

  testIt(`${name}: ${MANY} todos are created through the API`, async () => {
    const { createdIds } = await many()

    expect(new Set(createdIds).size).toBe(MANY)
  })

  testIt(`${name}: of many todos, any page is read`, async () => {
    const { service, createdIds } = await many()
    const newestFirst = createdIds.toSorted().reverse()

    const first = await readPage(service, '')
    const deep = await readPage(service, '?start=9000&limit=3')
    const last = await readPage(service, '?start=9995')

    expect(idsOf(first.data)).toEqual(newestFirst.slice(0, 10))
    expect(idsOf(deep.data)).toEqual(newestFirst.slice(9000, 9003))
    expect(idsOf(last.data)).toEqual(newestFirst.slice(9995))
    expect(last.next).toBeUndefined()
  })

  testIt(`${name}: a client that follows next sees each of many todos once`, async () => {
    const { service, createdIds } = await many()

    const seen = await readAll(service, '?limit=100')

    expect(idsOf(seen)).toEqual(createdIds.toSorted().reverse())
  })

  return many
}

/** The query plan of the statement that a call of the store makes. */
async function explain(database: string, call: (store: TodoStore) => Promise<unknown>): Promise<string> {
  const { server } = await postgres()
  const { sql, parameters } = await statementOf('postgresql', call)
  await server.query('analyze todos', [], { database })
  const lines = await server.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, [...parameters], { database })
  return lines.map((line) => line['QUERY PLAN']).join('\n')
}
