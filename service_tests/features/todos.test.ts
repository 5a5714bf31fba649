// Todos, seen from outside: the same with an SQLite file and with a PostgreSQL that is bound.

import { postgresMissing } from 'private-servers/postgres'
import { expect, test } from 'vitest'
import { shared } from '../attached/fixtures/shared.ts'
import { postJson } from '../http-answer.ts'
import { type Service, startService } from '../service.ts'
import { createMany, readAll, type Todo } from './todos-client.ts'
import { type DatabaseServer, type Environment, openFiles, openMigratedPostgres } from './todos-databases.ts'

const UNKNOWN = '019ab8c4-fbff-7b3b-8f9f-c75673541bec'

testWith('SQLite', { server: shared(openFiles), missing: false })
testWith('PostgreSQL', { server: shared(openMigratedPostgres), missing: postgresMissing() })

/** Tests for any database. */
function testWith(name: string, { server, missing }: { server: () => Promise<DatabaseServer>; missing: boolean }) {
  const few = shared(async () => startService({ env: await (await server()).createDatabase('few') }))
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

  testIt(`${name}: times are in UTC with milliseconds, as they were stored`, async () => {
    const service = await few()
    const { id, createdAt } = (await service.fetch('/todos', postJson({ content: 'timed' }))).json<Todo>()

    const { finishedAt } = (await service.fetch(`/todos/${id}/finish`, { method: 'PUT' })).json<Todo>()
    const read = (await service.fetch(`/todos/${id}`)).json<Todo>()

    expect(read).toMatchObject({ createdAt, finishedAt })
    for (const time of [createdAt, finishedAt!]) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(finishedAt! >= createdAt).toBe(true)
  })

  testIt.each(['\0', 'a\0b\\0\\', 'grüße, 世界 😀', "'; drop table todos; --", '\ufffe\uffff\u{10ffff}', '\u202e '])(
    `${name}: %j comes back as it was`,
    async (content) => {
      const service = await few()

      const { id } = (await service.fetch('/todos', postJson({ content }))).json<Todo>()
      const read = await service.fetch(`/todos/${id}`)

      expect(read.json<Todo>().content).toBe(content)
    },
  )

  testIt.each(['x', `${UNKNOWN}0`, `urn:uuid:${UNKNOWN}`, `{${UNKNOWN}}`, '%00'])(
    `${name}: the malformed id %s is answered with 400, not 500`,
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

  testIt(`${name}: clients that finish a todo at the same time get the same time of finishing`, async () => {
    const service = await few()
    const { id } = (await service.fetch('/todos', postJson({ content: 'wanted by many' }))).json<Todo>()

    const finish = () => service.fetch(`/todos/${id}/finish`, { method: 'PUT' })
    const answers = await Promise.all(Array.from({ length: 8 }, finish))

    expect(new Set(answers.map((answer) => answer.json<Todo>().finishedAt)).size).toBe(1)
  })

  testIt(`${name}: todos survive a restart`, async () => {
    const env = await (await server()).createDatabase('restarted')
    const before = await duringService(env, async (service) => {
      await createMany(service, 12)
      return readAll(service, '?limit=5')
    })

    const after = await duringService(env, (service) => readAll(service, '?limit=5'))

    expect(before).toHaveLength(12)
    expect(after).toEqual(before)
  })
}

async function duringService<Result>(env: Environment, act: (service: Service) => Promise<Result>): Promise<Result> {
  await using service = await startService({ env })
  return await act(service)
}
