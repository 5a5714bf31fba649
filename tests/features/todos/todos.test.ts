import fc from 'fast-check'
import { expect, test } from 'vitest'
import todos from '../../../src/features/todos/index.ts'
import { createTestApp } from '../../app.ts'

const { http } = await createTestApp({ features: [todos] })

const UNKNOWN = '019ab8c4-fbff-7b3b-8f9f-c75673541bec'
const create = async (content: string) => (await http.post('/todos').send({ content })).body
const postText = (body: string) => http.post('/todos').set('content-type', 'application/json').send(body)

test('a new todo is unfinished, and has the time of its creation', async () => {
  const beforeMs = Date.now()

  const { status, body } = await http.post('/todos').send({ content: 'buy milk' })

  expect(status).toBe(201)
  expect(body).toEqual({
    id: expect.any(String),
    content: 'buy milk',
    createdAt: expect.any(String),
    isFinished: false,
    finishedAt: null,
  })
  expect(Date.parse(body.createdAt)).toBeGreaterThanOrEqual(beforeMs)
  expect(Date.parse(body.createdAt)).toBeLessThanOrEqual(Date.now())
})

test.each(['/todos', '/todos/', '/behind/a/prefix/todos'])(
  'the Location after POST %s leads to the todo',
  async (path) => {
    const requested = path.replace('/behind/a/prefix', '')
    const { headers, body } = await http.post(requested).send({ content: 'found again' })

    const { pathname } = new URL(headers.location!, `http://service${path}`)

    expect(pathname).toBe(path.replace(/\/?$/, `/${body.id}`))
  },
)

test('a form is accepted like JSON', async () => {
  const { status, body } = await http.post('/todos').type('form').send('content=gr%C3%BC%C3%9Fe+%F0%9F%98%80')

  expect(status).toBe(201)
  expect(body.content).toBe('grüße 😀')
})

test('any Unicode text comes back unchanged', async () => {
  const anyContent = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed())

  await fc.assert(
    fc.asyncProperty(anyContent, async (content) => {
      const { id } = await create(content)
      expect((await http.get(`/todos/${id}`)).body.content).toBe(content)
    }),
    { numRuns: 50, examples: [['\0'], ['\\0'], ['\\\0\\'], ['\ufffe\uffff'], ['\u202e‮']] },
  )
})

test.each([
  '{}',
  '{"content":""}',
  '{"content":null}',
  '{"content":1}',
  '{"content":["a"]}',
  '{"content":"a","isFinished":true}',
  '{"content":"a","__proto__":{}}',
  '[]',
  'null',
  '',
  '{"content":"\\ud83d"}',
  '{"content":"\\ude00\\ud83d"}',
])('the body %j is refused', async (text) => {
  expect((await postText(text)).status).toBe(400)
})

test.each([
  '',
  'content=',
  'other=1',
  'content=a&other=1',
  'content=%FF',
  'content=%C3x',
  'content=%ED%A0%BD',
  'content=a&content=b',
])('the form "%s" is refused', async (text) => {
  expect((await http.post('/todos').type('form').send(text)).status).toBe(400)
})

test('another media type is refused', async () => {
  expect((await http.post('/todos').type('text').send('buy milk')).status).toBe(415)
})

test('1000 characters fit, and one more does not', async () => {
  const fitting = await http.post('/todos').send({ content: '😀'.repeat(1000) })
  const oneMore = await http.post('/todos').send({ content: 'x'.repeat(1001) })

  expect(fitting.status).toBe(201)
  expect(oneMore.status).toBe(400)
})

test('finishing a todo again changes nothing', async () => {
  const { id } = await create('finish me')

  const first = await http.put(`/todos/${id}/finish`)
  const second = await http.put(`/todos/${id}/finish`)
  const read = await http.get(`/todos/${id}`)

  expect(first.body).toMatchObject({ id, isFinished: true, finishedAt: expect.any(String) })
  expect(second.body).toEqual(first.body)
  expect(read.body).toEqual(first.body)
})

test('concurrent requests to finish a todo agree on when it was finished', async () => {
  const { id } = await create('finish me')

  const answers = await Promise.all(Array.from({ length: 5 }, () => http.put(`/todos/${id}/finish`)))

  expect(new Set(answers.map(({ body }) => body.finishedAt)).size).toBe(1)
})

test.each(['', 'not JSON', '{"isFinished":false}'])('a body such as "%s" is ignored', async (body) => {
  const { id } = await create('finish me')

  const { status } = await http.put(`/todos/${id}/finish`).set('content-type', 'application/json').send(body)

  expect(status).toBe(200)
})

test('a todo that was deleted is gone', async () => {
  const { id } = await create('delete me')
  await http.get(`/todos/${id}`)

  const first = await http.delete(`/todos/${id}`)
  const second = await http.delete(`/todos/${id}`)
  const read = await http.get(`/todos/${id}`)
  const list = await http.get('/todos')

  expect([first.status, second.status, read.status]).toEqual([204, 404, 404])
  expect(first.text).toBe('')
  expect(read.body.detail).toBe(`There is no todo ${id}.`)
  expect(list.body.data).not.toContainEqual(expect.objectContaining({ id }))
})

const operations = [
  ['GET', (id: string) => http.get(`/todos/${id}`)],
  ['PUT', (id: string) => http.put(`/todos/${id}/finish`)],
  ['DELETE', (id: string) => http.delete(`/todos/${id}`)],
] as const

test.each(operations)('%s of an unknown id is 404', async (_, ask) => {
  expect((await ask(UNKNOWN)).status).toBe(404)
})

const malformed = [
  '1',
  'x',
  UNKNOWN.slice(1),
  `${UNKNOWN}0`,
  `urn:uuid:${UNKNOWN}`,
  `{${UNKNOWN}}`,
  '%00',
  "'%20or%201=1",
]

test.each(operations)('a malformed id is 400, not 500, for %s', async (_, ask) => {
  const answers = await Promise.all(malformed.map(ask))

  expect(answers.map(({ status }) => status)).toEqual(malformed.map(() => 400))
})

test('an id in upper case names the same todo', async () => {
  const { id } = await create('loud')
  const loud = id.toUpperCase()

  const read = await http.get(`/todos/${loud}`)
  const finished = await http.put(`/todos/${loud}/finish`)
  const deleted = await http.delete(`/todos/${loud}`)

  expect([read.body.id, finished.body.id, deleted.status]).toEqual([id, id, 204])
})

test('writes are counted by operation, and refused ones are not', async () => {
  const { http } = await createTestApp({ features: [todos] })
  const { id } = (await http.post('/todos').send({ content: 'a' })).body
  await http.post('/todos').send({ content: 'b' })
  await http.put(`/todos/${id}/finish`)
  await http.delete(`/todos/${id}`)

  await http.delete(`/todos/${id}`)
  await http.post('/todos').send({})

  const { text } = await http.get('/metrics')
  expect(text).toContain('todos_written_total{operation="create"} 2')
  expect(text).toContain('todos_written_total{operation="finish"} 1')
  expect(text).toContain('todos_written_total{operation="delete"} 1')
})

test('while the database can’t be opened, each operation is 503 with Retry-After', async () => {
  const { http } = await createTestApp({ features: [todos], env: { DATABASE_URL: 'sqlite:/dev/null/no/such.sqlite' } })

  const answers = await Promise.all([
    http.get('/todos'),
    http.post('/todos').send({ content: 'a' }),
    http.get(`/todos/${UNKNOWN}`),
    http.put(`/todos/${UNKNOWN}/finish`),
    http.delete(`/todos/${UNKNOWN}`),
  ])

  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503))
  for (const { headers } of answers) expect(headers['retry-after']).toMatch(/^[1-9]\d*$/)
})
