import { expect, test } from 'vitest'
import { listFeature, unlistFeature } from '../../scripts/feature/feature-list.ts'

const LIST = `// The features.

import type { Feature } from '../ports/feature.ts'
import hello from './hello/index.ts'
import keyFilter from './key-filter/index.ts'

export const features: Feature[] = [
  hello,
  keyFilter,
]
`

const EMPTY = `import type { Feature } from '../ports/feature.ts'

export const features: Feature[] = [
]
`

test('a feature loses its import and its entry', () => {
  expect(unlistFeature(LIST, 'hello')).toBe(`// The features.

import type { Feature } from '../ports/feature.ts'
import keyFilter from './key-filter/index.ts'

export const features: Feature[] = [
  keyFilter,
]
`)
})

test('a new feature is listed last', () => {
  expect(listFeature(LIST, 'order-items')).toBe(`// The features.

import type { Feature } from '../ports/feature.ts'
import hello from './hello/index.ts'
import keyFilter from './key-filter/index.ts'
import orderItems from './order-items/index.ts'

export const features: Feature[] = [
  hello,
  keyFilter,
  orderItems,
]
`)
})

test.each([LIST, EMPTY])('what is listed can be unlisted without a trace', (source) => {
  expect(unlistFeature(listFeature(source, 'order-items'), 'order-items')).toBe(source)
})

test('a list on one line is understood', () => {
  const source = LIST.replace(/\[\n[^\]]*\]/, '[hello, keyFilter]')

  expect(unlistFeature(source, 'key-filter')).toContain('Feature[] = [hello,]')
  expect(listFeature(source, 'todos')).toContain('Feature[] = [hello, keyFilter,\n  todos,\n]')
})

test('a feature that is not listed changes nothing', () => {
  expect(unlistFeature(LIST, 'key')).toBe(LIST)
})

test('a source without a list is refused', () => {
  expect(() => listFeature('export const list = []\n', 'todos')).toThrow('src/features/index.ts has no')
})
