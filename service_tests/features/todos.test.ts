// Todos, seen from outside: the same with an SQLite file and with a PostgreSQL that is bound.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres, postgresMissing } from 'private-servers/postgres'
import { afterAll, expect, test } from 'vitest'
import type { TodoStore } from '../../src/features/todos/store.ts'
import { statementOf } from '../../tests/features/todos/statements.ts'
import { postJson } from '../http-answer.ts'
import { runService, type Service, startService } from '../service.ts'

interface Todo {
  id: string
  content: string
  createdAt: string
  isFinished: boolean
  finishedAt: string | null
}

interface Page {
  data: Todo[]
  next?: string
}

type Environment = Record<string, string>

interface DatabaseServer extends AsyncDisposable {
  /** An empty database, as the service is told of it. */
  createDatabase(name: string): Promise<Environment>
}

const MANY = 10_000
const UNKNOWN = '019ab8c4-fbff-7b3b-8f9f-c75673541bec'
const bulkMs = { timeout: 120_000 }

const files = shared(openFiles)
testWith('SQLite', { server: files, missing: false })

const noPostgres = postgresMissing()
const postgres = shared(openMigratedPostgres)
const manyInPostgres = testWith('PostgreSQL', { server: postgres, missing: noPostgres })

test.skipIf(noPostgres).each<[string, (store: TodoStore) => Promise<unknown>]>([
  ['the first page', (store) => store.list({ limit: 11 })],
  ['a page by its start', (store) => store.list({ start: 9000, limit: 11 })],
  ['a page by its cursor', (store) => store.list({ before: UNKNOWN, limit: 11 })],
])('S2.10: of many todos, PostgreSQL reads %s by the index, and sorts nothing', bulkMs, async (_, call) => {
  await manyInPostgres()
  const { explain } = await postgres()

  const plan = await explain('many', call)

  expect(plan).toContain('Index Scan Backward using todos_pkey on todos')
  expect(plan).not.toMatch(/Seq Scan|Sort/)
})

/** What is true with any database. @returns what opens the service with many todos, which the tests here share */
function testWith(name: string, { server, missing }: { server: () => Promise<DatabaseServer>; missing: boolean }) {
  const start = async (database: string) => startService({ env: await (await server()).createDatabase(database) })
  const few = shared(() => start('few'))
  const many = shared(async () => {
    const service = await start('many')
    const createdIds = await createMany(service, MANY)
    return { service, createdIds, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() }
  })
  const testIt = test.skipIf(missing)

  testIt(`${name}: a todo goes from created to finished to deleted`, async () => {
    const service = await few()

    const posted = await service.fetch('/todos', postJson({ content: 'a whole life' }))
    const created = posted.json<Todo>()
    const path = new URL(posted.headers.get('location')!, `${service.url}/todos`).pathname
    const read = await service.fetch(path)
    const finished = await service.fetch(`${path}/finish`, { method: 'PUT' })
    const again = await service.fetch(`${path}/finish`, { method: 'PUT' })
    const deleted = await service.fetch(path, { method: 'DELETE' })
    const gone = await Promise.all([service.fetch(path), service.fetch(path, { method: 'DELETE' })])

    expect(posted.status).toBe(201)
    expect(created).toMatchObject({ content: 'a whole life', isFinished: false, finishedAt: null })
    expect(read.json()).toEqual(created)
    expect(finished.json()).toEqual({ ...created, isFinished: true, finishedAt: expect.any(String) })
    expect(again.json()).toEqual(finished.json())
    expect([deleted.status, ...gone.map(({ status }) => status)]).toEqual([204, 404, 404])
  })

  testIt(`${name}: times are told in UTC with milliseconds, as they were stored`, async () => {
    const service = await few()
    const { id, createdAt } = (await service.fetch('/todos', postJson({ content: 'timed' }))).json<Todo>()

    const { finishedAt } = (await service.fetch(`/todos/${id}/finish`, { method: 'PUT' })).json<Todo>()
    const read = (await service.fetch(`/todos/${id}`)).json<Todo>()

    expect(read).toMatchObject({ createdAt, finishedAt })
    for (const time of [createdAt, finishedAt!]) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(finishedAt! >= createdAt).toBe(true)
  })

  testIt.each(['\0', 'a\0b\\0\\', 'grüße, 世界 😀', "'; drop table todos; --", '\ufffe\uffff\u{10ffff}', '\u202e '])(
    `S2.4, ${name}: %j comes back as it was`,
    async (content) => {
      const service = await few()

      const { id } = (await service.fetch('/todos', postJson({ content }))).json<Todo>()
      const read = await service.fetch(`/todos/${id}`)

      expect(read.json<Todo>().content).toBe(content)
    },
  )

  testIt.each(['x', `${UNKNOWN}0`, `urn:uuid:${UNKNOWN}`, `{${UNKNOWN}}`, '%00'])(
    `S2.6, ${name}: the malformed id %s is 400, not 500`,
    async (id) => {
      const service = await few()

      const answers = await Promise.all([
        service.fetch(`/todos/${id}`),
        service.fetch(`/todos/${id}`, { method: 'DELETE' }),
        service.fetch(`/todos/${id}/finish`, { method: 'PUT' }),
      ])

      expect(answers.map(({ status }) => status)).toEqual([400, 400, 400])
    },
  )

  testIt(`${name}: several who finish a todo at once agree on when it was finished`, async () => {
    const service = await few()
    const { id } = (await service.fetch('/todos', postJson({ content: 'wanted by many' }))).json<Todo>()

    const finish = () => service.fetch(`/todos/${id}/finish`, { method: 'PUT' })
    const answers = await Promise.all(Array.from({ length: 8 }, finish))

    expect(new Set(answers.map((answer) => answer.json<Todo>().finishedAt)).size).toBe(1)
  })

  testIt(`S2.7, ${name}: todos survive a restart`, async () => {
    const env = await (await server()).createDatabase('restarted')
    const before = await duringService(env, async (service) => {
      await createMany(service, 12)
      return readAll(service, '?limit=5')
    })

    const after = await duringService(env, (service) => readAll(service, '?limit=5'))

    expect(before).toHaveLength(12)
    expect(after).toEqual(before)
  })

  testIt(`S2.8, ${name}: ${MANY} todos are created through the API`, bulkMs, async () => {
    const { createdIds } = await many()

    expect(new Set(createdIds).size).toBe(MANY)
  })

  testIt(`S2.9, ${name}: of many todos, any page is read`, bulkMs, async () => {
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

  testIt(`S2.9, ${name}: whoever follows next sees each of many todos once`, bulkMs, async () => {
    const { service, createdIds } = await many()

    const seen = await readAll(service, '?limit=100')

    expect(idsOf(seen)).toEqual(createdIds.toSorted().reverse())
  })

  return many
}

async function duringService<Result>(env: Environment, act: (service: Service) => Promise<Result>): Promise<Result> {
  await using service = await startService({ env })
  return await act(service)
}

/** A handful at a time. @returns their ids */
async function createMany(service: Service, count: number): Promise<string[]> {
  const ids: string[] = []
  let next = 0
  const work = async () => {
    while (next < count) {
      const { status, json } = await service.fetch('/todos', postJson({ content: `todo ${next++}` }))
      assert.equal(status, 201)
      ids.push(json<Todo>().id)
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  return ids
}

async function readPage(service: Service, query: string): Promise<Page> {
  return (await service.fetch(`/todos${query}`)).json<Page>()
}

async function readAll(service: Service, query: string): Promise<Todo[]> {
  const seen: Todo[] = []
  for (let next: string | undefined = query; next !== undefined; ) {
    const page = await readPage(service, next)
    seen.push(...page.data)
    next = page.next
  }
  return seen
}

const idsOf = (todos: Todo[]) => todos.map(({ id }) => id)

/** Opened by the first who asks, used by all in this file, and closed after the last. */
function shared<Opened extends AsyncDisposable>(open: () => Promise<Opened>): () => Promise<Opened> {
  let opening: Promise<Opened> | undefined
  afterAll(async () => (await opening)?.[Symbol.asyncDispose]())
  return () => (opening ??= open())
}

async function openFiles(): Promise<DatabaseServer> {
  const folder = mkdtempSync(join(tmpdir(), 'todos-'))
  return {
    createDatabase: async (name) => ({ DATA_DIR: join(folder, name) }),
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function openMigratedPostgres() {
  const server = await openPostgres()
  return {
    async createDatabase(name: string): Promise<Environment> {
      const env = { DATABASE_URL: await server.createDatabase(name) }
      const { code, stderr } = await runService({ args: 'migrate', env })
      assert.equal(code, 0, stderr)
      return env
    },

    /** The plan for what a call of the store asks. */
    async explain(database: string, call: (store: TodoStore) => Promise<unknown>): Promise<string> {
      const { sql, parameters } = await statementOf('postgresql', call)
      await server.query('analyze todos', [], { database })
      const lines = await server.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, [...parameters], { database })
      return lines.map((line) => line['QUERY PLAN']).join('\n')
    },

    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
