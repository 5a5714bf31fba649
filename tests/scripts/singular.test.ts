import { expect, test } from 'vitest'
import { singularOf, withArticle } from '../../scripts/feature/singular.ts'

test.each([
  ['orders', 'order'],
  ['order-items', 'order-item'],
  ['categories', 'category'],
  ['delays', 'delay'],
  ['addresses', 'address'],
  ['boxes', 'box'],
  ['branches', 'branch'],
  ['statuses', 'status'],
  ['warehouses', 'warehouse'],
  ['databases', 'database'],
  ['sales-people', 'sales-person'],
  ['movies', 'movie'],
])('one of the %s is called %s', (plural, singular) => {
  expect(singularOf(plural)).toBe(singular)
})

test.each(['inventory', 'status', 'address', 'analysis', 'news'])(
  '%s has no plural, so it is made of items',
  (name) => {
    expect(singularOf(name)).toBe(`${name}-item`)
  },
)

test.each(['an order', 'an item', 'an upload', 'a note', 'a user', 'a unit'])('the article of "%s" fits', (phrase) => {
  expect(withArticle(phrase.replace(/^an? /, ''))).toBe(phrase)
})
