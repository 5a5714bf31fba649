import { expect, test } from 'vitest'
import { insertRuledBlocks, removeRuledBlocks } from '../../scripts/feature/ruled-blocks.ts'

const CONTRACT = `tags:
  # --- notes ---
  - name: notes
  # --- chassis ---
  - name: operations

paths:
  # --- notes ---
  /notes:
    get: {}

  # --- tasks ---
  /tasks:
    get: {}

  # --- chassis ---
  /info:
    get: {}
`

test('every block of a name is removed, and the others stay as they are', () => {
  expect(removeRuledBlocks(CONTRACT, 'notes')).toBe(`tags:
  # --- chassis ---
  - name: operations

paths:
  # --- tasks ---
  /tasks:
    get: {}

  # --- chassis ---
  /info:
    get: {}
`)
})

test('a name that no rule has leaves the text as it is', () => {
  expect(removeRuledBlocks(CONTRACT, 'note')).toBe(CONTRACT)
})

test('a block within a block of another name is removed alone', () => {
  const shared = `paths:
  /:
    # --- pages ---
    get: {}
    # --- price-list ---
    post: {}

  # --- chassis ---
  /info: {}
`

  expect(removeRuledBlocks(shared, 'price-list')).toBe(`paths:
  /:
    # --- pages ---
    get: {}

  # --- chassis ---
  /info: {}
`)
})

test('a key is removed with the last block below it', () => {
  const shared = `paths:
  /info: {}

  /:
    # --- pages ---
    get: {}

components:
  schemas:
    # --- pages ---
    Page: {}
`

  expect(removeRuledBlocks(shared, 'pages')).toBe('paths:\n  /info: {}\n')
})

test('the first key of a section leaves no blank line behind', () => {
  const shared = `paths:
  /:
    # --- pages ---
    get: {}

  # --- chassis ---
  /info: {}
`

  expect(removeRuledBlocks(shared, 'pages')).toBe('paths:\n  # --- chassis ---\n  /info: {}\n')
})

test('the last block of a section leaves one blank line behind', () => {
  const section = `paths:
  # --- chassis ---
  /info: {}

  # --- notes ---
  /notes: {}

components: {}
`

  expect(removeRuledBlocks(section, 'notes')).toBe('paths:\n  # --- chassis ---\n  /info: {}\n\ncomponents: {}\n')
})

const NEW_BLOCKS = `paths:
  # --- orders ---
  /orders:
    get: {}

tags:
  # --- orders ---
  - name: orders
`

test('blocks are inserted into their sections, above the given rule', () => {
  expect(insertRuledBlocks(CONTRACT, NEW_BLOCKS, 'chassis')).toBe(`tags:
  # --- notes ---
  - name: notes
  # --- orders ---
  - name: orders
  # --- chassis ---
  - name: operations

paths:
  # --- notes ---
  /notes:
    get: {}

  # --- tasks ---
  /tasks:
    get: {}

  # --- orders ---
  /orders:
    get: {}

  # --- chassis ---
  /info:
    get: {}
`)
})

test('what is inserted can be removed without a trace', () => {
  const inserted = insertRuledBlocks(CONTRACT, NEW_BLOCKS, 'chassis')

  expect(removeRuledBlocks(inserted, 'orders')).toBe(CONTRACT)
})

test('a section that lacks the rule is named', () => {
  const contract = 'tags:\n  - name: operations\npaths:\n  # --- chassis ---\n  /info: {}\n'

  expect(() => insertRuledBlocks(contract, NEW_BLOCKS, 'chassis')).toThrow('no rule "# --- chassis ---" under "tags:"')
})
