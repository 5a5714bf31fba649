import { expect, test } from 'vitest'
import { listFeature, unlistFeature } from '../../scripts/feature/feature-list.ts'

const LIST = `// The features.

import type { Feature } from '../ports/feature.ts'
import pages from './pages/index.ts'
import priceList from './price-list/index.ts'

export const features: Feature[] = [
  pages,
  priceList,
]
`

const EMPTY = `import type { Feature } from '../ports/feature.ts'

export const features: Feature[] = [
]
`

test('a feature loses its import and its entry', () => {
  expect(unlistFeature(LIST, 'pages')).toBe(`// The features.

import type { Feature } from '../ports/feature.ts'
import priceList from './price-list/index.ts'

export const features: Feature[] = [
  priceList,
]
`)
})

test('a new feature is listed last', () => {
  expect(listFeature(LIST, 'order-items')).toBe(`// The features.

import type { Feature } from '../ports/feature.ts'
import pages from './pages/index.ts'
import priceList from './price-list/index.ts'
import orderItems from './order-items/index.ts'

export const features: Feature[] = [
  pages,
  priceList,
  orderItems,
]
`)
})

test.each([LIST, EMPTY])('what is listed can be unlisted without a trace', (source) => {
  expect(unlistFeature(listFeature(source, 'order-items'), 'order-items')).toBe(source)
})

test('a list on one line is understood', () => {
  const source = LIST.replace(/\[\n[^\]]*\]/, '[pages, priceList]')

  expect(unlistFeature(source, 'price-list')).toContain('Feature[] = [pages,]')
  expect(listFeature(source, 'notes')).toContain('Feature[] = [pages, priceList,\n  notes,\n]')
})

test('a feature that is not listed changes nothing', () => {
  expect(unlistFeature(LIST, 'key')).toBe(LIST)
})

test('a source without a list is refused', () => {
  expect(() => listFeature('export const list = []\n', 'notes')).toThrow('src/features/index.ts has no')
})
