import { expect, test } from 'vitest'
import { readCursor } from '../../src/resources/cursor.ts'
import { createIdMaker } from '../../src/resources/id.ts'
import { readPage } from '../../src/resources/page.ts'

const makeId = createIdMaker()
const createItems = (count: number, name = 'item') => Array.from({ length: count }, () => ({ id: makeId(), name }))

test('a page lists one item more than its limit, and shows its limit', async () => {
  const items = createItems(4)
  const counts: number[] = []

  const { body } = await readPage({ limit: 3 }, async (count) => {
    counts.push(count)
    return items.slice(0, count)
  })

  expect(counts).toEqual([4])
  expect(JSON.parse(body).data).toEqual(items.slice(0, 3))
})

test('a page that is not the last one leads to the next, by a member and by a Link header', async () => {
  const items = createItems(3)

  const { body, link } = await readPage({ limit: 2 }, async () => items)

  const { next } = JSON.parse(body)
  const query = new URLSearchParams(next)
  expect([...query.keys()]).toEqual(['limit', 'cursor'])
  expect(query.get('limit')).toBe('2')
  expect(readCursor(query.get('cursor')!)).toBe(items[1]!.id)
  expect(link).toBe(`<${next}>; rel="next"`)
})

test.each([0, 1, 2])('a page of limit 2 is the last one where it lists %i items', async (count) => {
  const items = createItems(count)

  const { body, link } = await readPage({ limit: 2 }, async () => items)

  expect(JSON.parse(body)).toEqual({ data: items })
  expect(link).toBeUndefined()
})

test('the link to the next page repeats the filters that are set', async () => {
  const query = { limit: 1, status: 'on hold & "late"', paid: false, customer: undefined }

  const { body } = await readPage(query, async () => createItems(2))

  const { cursor, ...repeated } = Object.fromEntries(new URLSearchParams(JSON.parse(body).next))
  expect(cursor).toEqual(expect.any(String))
  expect(repeated).toEqual({ limit: '1', status: 'on hold & "late"', paid: 'false' })
})

test('a page of large items ends before it has 64 KiB, and leads on from its last item', async () => {
  const items = createItems(10, 'x'.repeat(20_000))

  const { body } = await readPage({ limit: 10 }, async () => items)

  const { data, next } = JSON.parse(body)
  expect(data).toEqual(items.slice(0, 3))
  expect(readCursor(new URLSearchParams(next).get('cursor')!)).toBe(items[2]!.id)
})

test('an item that is larger than a page is a page of its own', async () => {
  const items = createItems(2, 'x'.repeat(100_000))

  const { body } = await readPage({ limit: 10 }, async () => items)

  expect(JSON.parse(body).data).toEqual(items.slice(0, 1))
})
