import fc from 'fast-check'
import { expect, test } from 'vitest'
import todos from '../../../src/features/todos/index.ts'
import { createTestApp } from '../../app.ts'

type Client = Awaited<ReturnType<typeof createTestApp>>['http']
interface Todo {
  id: string
  content: string
}

/** A list of `count` todos, and their ids with the newest first. */
async function createList(count: number) {
  const { http } = await createTestApp({ features: [todos] })
  const ids: string[] = []
  for (let n = 1; n <= count; n++) ids.unshift(await create(http, `todo ${n}`))
  return { http, ids }
}

async function create(http: Client, content: string): Promise<string> {
  return (await http.post('/todos').send({ content })).body.id
}

test('data is an array of objects, not of JSON strings', async () => {
  const { http, ids } = await createList(2)

  const { status, body } = await http.get('/todos')

  expect(status).toBe(200)
  expect(body.data.map((todo: unknown) => typeof todo)).toEqual(['object', 'object'])
  expect(body.data[0]).toMatchObject({ id: ids[0], content: 'todo 2' })
})

test('without todos, the list is empty and has no next page', async () => {
  const { http } = await createList(0)

  const { body, headers } = await http.get('/todos')

  expect(body).toEqual({ data: [] })
  expect(headers.link).toBeUndefined()
})

test('a page has the 10 newest, the newest first', async () => {
  const { http, ids } = await createList(12)

  const { body } = await http.get('/todos')

  expect(idsOf(body)).toEqual(ids.slice(0, 10))
})

test('a page of long todos ends early, and next leads on', async () => {
  const { http } = await createTestApp({ features: [todos] })
  const ids: string[] = []
  for (let n = 0; n < 40; n++) ids.unshift(await create(http, '😀'.repeat(1000)))

  const seen: string[] = []
  for (let query = '?limit=100'; query !== ''; ) {
    const { body, text } = await http.get(`/todos${query}`)
    expect(text.length).toBeGreaterThan(0)
    expect(Buffer.byteLength(text)).toBeLessThan(65 * 1024)
    seen.push(...idsOf(body))
    query = body.next ?? ''
  }

  expect(seen).toEqual(ids)
})

test('start skips the newest, and limit says how many follow', async () => {
  const { http, ids } = await createList(12)

  const second = await http.get('/todos?start=10')
  const few = await http.get('/todos?start=3&limit=2')
  const beyond = await http.get('/todos?start=12')

  expect(idsOf(second.body)).toEqual(ids.slice(10))
  expect(idsOf(few.body)).toEqual(ids.slice(3, 5))
  expect(beyond.body).toEqual({ data: [] })
})

test('a page that is just full has no next one', async () => {
  const { http } = await createList(3)

  expect((await http.get('/todos?limit=3')).body.next).toBeUndefined()
  expect((await http.get('/todos?limit=2')).body.next).toEqual(expect.any(String))
})

test('the Link header says what next says, and keeps the limit', async () => {
  const { http } = await createList(3)

  const { body, headers } = await http.get('/todos?limit=2')

  expect(headers.link).toBe(`<${body.next}>; rel="next"`)
  expect(new URLSearchParams(body.next).get('limit')).toBe('2')
})

test.each(['/todos', '/todos/', '/behind/a/prefix/todos'])('next leads on from %s', async (path) => {
  const { http, ids } = await createList(3)
  const first = await http.get(`${path.replace('/behind/a/prefix', '')}?limit=2`)

  const next = new URL(first.body.next, `http://service${path}?limit=2`)
  const second = await http.get(next.pathname.replace('/behind/a/prefix', '') + next.search)

  expect(next.pathname).toBe(path)
  expect(idsOf(second.body)).toEqual(ids.slice(2))
})

test('all pages together have every todo once, whatever the limit and wherever they start', async () => {
  const { http, ids } = await createList(23)

  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 100 }), fc.nat(25), async (limit, start) => {
      expect(await readAll(http, `?limit=${limit}&start=${start}`)).toEqual(ids.slice(start))
    }),
    { numRuns: 30 },
  )
})

test('while todos are added, a client that follows next misses none and sees none twice', async () => {
  const { http, ids } = await createList(30)
  let added = 0

  const seen = await readAll(http, '?limit=4', async () => {
    await Promise.all([create(http, 'new'), create(http, 'newer'), create(http, 'newest')])
    added += 3
  })

  expect(added).toBeGreaterThan(20)
  expect(seen).toEqual(ids)
})

test('while other clients keep adding todos, a client that follows next misses none and sees none twice', async () => {
  const { http, ids } = await createList(30)
  let isReading = true
  const writer = async () => {
    while (isReading) await create(http, 'in between')
  }
  const writers = [writer(), writer(), writer()]

  const seen = await readAll(http, '?limit=3')
  isReading = false
  await Promise.all(writers)

  // Todos that were added before the first page was read are on it, too.
  expect(seen.filter((id) => ids.includes(id))).toEqual(ids)
  expect(seen).toEqual([...new Set(seen)].sort().reverse())
})

test('while todos are deleted, the remaining ones are all seen once', async () => {
  const { http, ids } = await createList(20)
  const doomed = ids.filter((_, place) => place % 2 === 1)
  const staying = ids.filter((id) => !doomed.includes(id))

  // The todo that the cursor stands for is deleted, too.
  const seen = await readAll(http, '?limit=4', async () => {
    await Promise.all(doomed.splice(0, 2).map((id) => http.delete(`/todos/${id}`)))
  })

  expect(seen.filter((id) => staying.includes(id))).toEqual(staying)
  expect(new Set(seen).size).toBe(seen.length)
})

test.each([
  'start=abc',
  'start=-1',
  'start=1.5',
  'start=',
  'start=10001',
  'start=1&start=2',
  'start=0x1',
  'start=1e1',
  'start=%201',
  'start=+1',
  'start=1.0',
  'limit=0',
  'limit=101',
  'limit=ten',
  'cursor=',
  'cursor=abc',
  'cursor=AAAAAAAAAAAAAAAAAAAAAB',
  'cursor=019ab8c4-fbff-7b3b-8f9f-c75673541bec',
  'cursor=AAAAAAAAAAAAAAAAAAAAAA&start=1',
  'cursor=AAAAAAAAAAAAAAAAAAAAAA&start=0',
])('GET /todos?%s is refused', async (query) => {
  const { http } = await createList(0)

  expect((await http.get(`/todos?${query}`)).status).toBe(400)
})

function idsOf({ data }: { data: Todo[] }): string[] {
  return data.map(({ id }) => id)
}

/** Follows next to the end, and does something after each page. */
async function readAll(http: Client, query: string, between = async () => {}): Promise<string[]> {
  const seen: string[] = []
  for (let next: string | undefined = query; next !== undefined; ) {
    const { body } = await http.get(`/todos${next}`)
    seen.push(...idsOf(body))
    next = body.next
    await between()
  }
  return seen
}
