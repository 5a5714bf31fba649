// Features are added and deleted with all of their parts. The edits of texts have tests of their own.

import { expect, test } from 'vitest'
import { deleteFeatures } from '../../scripts/feature/delete-features.ts'
import { newFeature } from '../../scripts/feature/new-feature.ts'
import { createProject } from './project.ts'

const LIST = `import type { Feature } from '../ports/feature.ts'

export const features: Feature[] = [
]
`

const CONTRACT = `tags:
  # --- chassis ---
  - name: documentation
paths:
  # --- chassis ---
  /docs: {}
components:
  parameters:
    # --- chassis ---
    Limit: {}
  schemas:
    # --- chassis ---
    Problem:
      type: object
  responses:
    # --- chassis ---
    NotModified: {}
`

const NOTES = {
  'src/features/notes/index.ts': '',
  'tests/features/notes/notes.test.ts': '',
  'service_tests/features/notes.test.ts': '',
  'service_tests/features/notes-restart.test.ts': '',
  'service_tests/journeys/notes.test.ts': '',
}

const NOTES_ARCHIVE = {
  'src/features/notes-archive/index.ts': '',
  'service_tests/features/notes-archive.test.ts': '',
  'service_tests/journeys/notes-archive-daily.test.ts': '',
}

const SHARED = { 'src/features/index.ts': LIST, 'README.md': '# A\n', 'openapi.yaml': CONTRACT }

test('a feature is deleted with its files, and no others', () => {
  using project = createProject({ ...SHARED, ...NOTES, ...NOTES_ARCHIVE })

  deleteFeatures(project.root, ['notes'])

  expect(Object.keys(project.files()).sort()).toEqual(Object.keys({ ...SHARED, ...NOTES_ARCHIVE }).sort())
})

test('a feature is removed from files that it shares with others', () => {
  using project = createProject({
    ...NOTES,
    'src/features/index.ts':
      "import notes from './notes/index.ts'\n\nexport const features: Feature[] = [\n  notes,\n]\n",
    'openapi.yaml': 'paths:\n  # --- notes ---\n  /notes: {}\n  # --- chassis ---\n  /info: {}\n',
    'docs/deploy.md': '- notes <!-- feature: notes -->\n- info\n',
  })

  deleteFeatures(project.root, ['notes'])

  expect(project.files()).toEqual({
    'src/features/index.ts': '\nexport const features: Feature[] = [\n]\n',
    'openapi.yaml': 'paths:\n  # --- chassis ---\n  /info: {}\n',
    'docs/deploy.md': '- info\n',
  })
})

test('an unknown feature is refused before anything is deleted', () => {
  using project = createProject({ ...SHARED, ...NOTES })
  const before = project.files()

  expect(() => deleteFeatures(project.root, ['notes', 'note'])).toThrow(
    'There is no feature "note". The features are: notes.',
  )
  expect(project.files()).toEqual(before)
})

test('a new feature has all of its parts under its own name', () => {
  using project = createProject(SHARED)

  newFeature(project.root, 'order-items')

  const { 'src/features/order-items/index.ts': source, 'openapi.yaml': contract, ...files } = project.files()
  expect(source).toContain("'GET /order-items/{orderItemId}': handle.read")
  expect(source).toContain('ORDER_ITEMS_CACHE_SECONDS')
  expect(contract).toContain('operationId: listOrderItems')
  expect(contract).toContain('summary: Creates an order item')
  expect(files['src/features/order-items/migrations.ts']).toContain(".createTable('order_items')")
  expect(files).toHaveProperty(['tests/features/order-items/order-items.test.ts'])
  expect(files).toHaveProperty(['service_tests/journeys/order-items.test.ts'])
})

test('a bare feature has handlers and a setting, and no store', () => {
  using project = createProject(SHARED)

  newFeature(project.root, 'order-items', 'bare')

  const files = project.files()
  expect(files['src/features/order-items/index.ts']).toContain('ORDER_ITEMS_PAGE_SIZE')
  expect(Object.keys(files).filter((path) => /store|migrations/.test(path))).toEqual([])
})

test.each(['stored', 'bare'] as const)('nothing of a %s feature is called as in the template', (template) => {
  using project = createProject(SHARED)

  newFeature(project.root, 'order-items', template)

  expect(JSON.stringify(project.files())).not.toMatch(/my.?thing/i)
})

test.each(['stored', 'bare'] as const)('a new %s feature that is deleted leaves no trace', (template) => {
  using project = createProject(SHARED)
  const before = project.files()

  newFeature(project.root, 'order-items', template)
  deleteFeatures(project.root, ['order-items'])

  expect(project.files()).toEqual(before)
})

test('two new features have nothing of the same name', () => {
  using project = createProject(SHARED)

  newFeature(project.root, 'orders')
  newFeature(project.root, 'order-items')

  const { 'openapi.yaml': contract = '' } = project.files()
  const names = contract.match(/^ {4}[A-Z]\w+:$|operationId: \w+/gm) ?? []
  expect(names).toHaveLength(2 * 9 + 1)
  expect([...new Set(names)]).toEqual(names)
})

test.each([
  ['Orders', 'lower case letters'],
  ['order_items', 'lower case letters'],
  ['../orders', 'lower case letters'],
  ['notes', 'is a feature "notes" already'],
  ['import', 'is a reserved word'],
  ['docs', 'a path or a block "docs"'],
  ['chassis', 'a path or a block "chassis"'],
  ['problems', 'has "Problem" already'],
])('a new feature can’t be called %s', (name, reason) => {
  using project = createProject({ ...SHARED, ...NOTES })

  expect(() => newFeature(project.root, name)).toThrow(reason)
})
