import { expect, test } from 'vitest'
import { findTraces, readSpellings } from '../../scripts/feature/traces.ts'
import { createProject } from './project.ts'

const FILES = {
  'tests/features/price-list/spellings.txt': 'price[-_ ]?lists?\n',
  'docs/a.md': 'one\nthe Price List is long\nPRICE_LISTS=1\n',
  'src/priceList.ts': '',
  'src/other.ts': 'prices in a list\n',
}

test('lines and names of files that spell a feature are its traces', () => {
  using project = createProject(FILES)

  const spellings = readSpellings(project.root, 'price-list')!
  const traces = findTraces(project.root, ['docs/a.md', 'src/priceList.ts', 'src/other.ts'], spellings)

  expect(traces).toEqual([
    'docs/a.md:2: the Price List is long',
    'docs/a.md:3: PRICE_LISTS=1',
    'src/priceList.ts is named for it',
  ])
})

test('a feature without spellings has no traces', () => {
  using project = createProject(FILES)

  expect(readSpellings(project.root, 'users')).toBeUndefined()
})
