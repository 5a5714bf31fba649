// Caching is invisible to clients: every write shows at once.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import todos from '../../../src/features/todos/index.ts'
import { createTestApp } from '../../app.ts'

const createTodos = (env: NodeJS.ProcessEnv = {}) => createTestApp({ features: [todos], env })
type Client = Awaited<ReturnType<typeof createTodos>>['http']

const create = async (http: Client, content: string) => (await http.post('/todos').send({ content })).body

/** The number of queries so far. */
async function queries(http: Client): Promise<number> {
  const { text } = await http.get('/metrics')
  const counts = [...text.matchAll(/^database_query_duration_seconds_count\S* (\d+)$/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

test('a repeated request is answered without the database', async () => {
  const { http } = await createTodos()
  const { id } = await create(http, 'read often')
  const paths = ['/todos', '/todos?limit=1', `/todos/${id}`, `/todos/${id.replaceAll(/\d/g, '0')}`]
  const first = await Promise.all(paths.map((path) => http.get(path)))
  const before = await queries(http)

  const second = await Promise.all(paths.map((path) => http.get(path)))

  expect(second.map(({ text }) => text)).toEqual(first.map(({ text }) => text))
  expect(before).toBeGreaterThan(0)
  expect(await queries(http)).toBe(before)
})

test('where TODOS_CACHE_SECONDS is 0, what another process has written is seen at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'todos-'))
  const env = { DATABASE_URL: `sqlite:${join(folder, 'shared.sqlite')}`, TODOS_CACHE_SECONDS: '0' }
  const [here, there] = [await createTodos(env), await createTodos(env)]
  const { id } = await create(here.http, 'first')
  await Promise.all([here.http.get('/todos'), here.http.get(`/todos/${id}`)])

  const second = await create(there.http, 'second')
  await there.http.put(`/todos/${id}/finish`)
  const list = await here.http.get('/todos')
  const todo = await here.http.get(`/todos/${id}`)

  await Promise.all([here.lifecycle.stop('done'), there.lifecycle.stop('done')])
  rmSync(folder, { recursive: true })
  expect(list.body.data[0]).toEqual(second)
  expect(todo.body.isFinished).toBe(true)
})

test('reading page 2 does not change page 1', async () => {
  const { http } = await createTodos()
  for (let n = 1; n <= 12; n++) await create(http, `todo ${n}`)

  const page2 = await http.get('/todos?start=10')
  const page1 = await http.get('/todos')
  const page2Again = await http.get('/todos?start=10')
  const page1Again = await http.get('/todos')

  expect(page1.body.data[0].content).toBe('todo 12')
  expect(page2.body.data[0].content).toBe('todo 2')
  expect(page1Again.body).toEqual(page1.body)
  expect(page2Again.body).toEqual(page2.body)
})

test('create, finish and delete are visible on the next list', async () => {
  const { http } = await createTodos()
  const list = async () => (await http.get('/todos')).body.data
  const empty = await list()

  const { id } = await create(http, 'be seen')
  const created = await list()
  await http.put(`/todos/${id}/finish`)
  const finished = await list()
  await http.delete(`/todos/${id}`)
  const deleted = await list()

  expect(empty).toEqual([])
  expect(created).toMatchObject([{ id, isFinished: false }])
  expect(finished).toMatchObject([{ id, isFinished: true }])
  expect(deleted).toEqual([])
})

test('finish and delete are visible when the todo is read next', async () => {
  const { http } = await createTodos()
  const { id } = await create(http, 'be read')
  const read = () => http.get(`/todos/${id}`)

  const created = await read()
  await http.put(`/todos/${id}/finish`)
  const finished = await read()
  await http.delete(`/todos/${id}`)
  const deleted = await read()

  expect(created.body).toMatchObject({ id, isFinished: false })
  expect(finished.body).toMatchObject({ id, isFinished: true })
  expect(deleted.status).toBe(404)
})

test('a client sees its own write, however many read and write at the same time', async () => {
  const { http } = await createTodos()

  const seen = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      await http.get('/todos?limit=100')
      const { id } = await create(http, `todo ${n}`)
      const { body } = await http.get('/todos?limit=100')
      return body.data.some((todo: { id: string }) => todo.id === id)
    }),
  )

  expect(seen).toEqual(Array(20).fill(true))
})

test('a client that has a page or a todo is not sent it again, until it has changed', async () => {
  const { http } = await createTodos()
  const { id } = await create(http, 'be compared')

  for (const path of ['/todos', '/todos?limit=5', `/todos/${id}`]) {
    const { headers } = await http.get(path)
    const known = await http.get(path).set('if-none-match', headers.etag!)
    const amongOthers = await http.get(path).set('if-none-match', `"other", ${headers.etag}`)
    const any = await http.get(path).set('if-none-match', '*')
    const other = await http.get(path).set('if-none-match', '"other"')

    expect([known, amongOthers, any, other].map(({ status }) => status)).toEqual([304, 304, 304, 200])
    expect(known.text).toBe('')
    expect(known.headers).toMatchObject({ etag: headers.etag, 'cache-control': 'no-cache' })
  }
})

test('a change gives another tag', async () => {
  const { http } = await createTodos()
  const { id } = await create(http, 'change')
  const before = await Promise.all([http.get('/todos'), http.get(`/todos/${id}`)])

  await http.put(`/todos/${id}/finish`)

  const [list, todo] = await Promise.all([
    http.get('/todos').set('if-none-match', before[0].headers.etag!),
    http.get(`/todos/${id}`).set('if-none-match', before[1].headers.etag!),
  ])
  expect([list.status, todo.status]).toEqual([200, 200])
})

test('a HEAD is answered like a GET, without the body', async () => {
  const { http } = await createTodos()
  await create(http, 'be measured')
  const get = await http.get('/todos')

  const head = await http.head('/todos')

  expect(head.status).toBe(200)
  expect(head.headers.etag).toBe(get.headers.etag)
  expect(head.headers['content-length']).toBe(String(Buffer.byteLength(get.text)))
})

test('caches must revalidate, and the Vary of CORS is kept', async () => {
  const { http } = await createTodos({ CORS_ORIGINS: 'https://a.example,https://b.example' })

  const { headers } = await http.get('/todos').set('origin', 'https://a.example')

  expect(headers['cache-control']).toBe('no-cache')
  expect(headers.vary).toBe('Origin')
})
