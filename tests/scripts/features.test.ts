// Features come and go with all of their parts; the texts that are edited for it have tests of their own.

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

const TODOS = {
  'src/features/todos/index.ts': '',
  'tests/features/todos/todos.test.ts': '',
  'service_tests/features/todos.test.ts': '',
  'service_tests/features/todos-restart.test.ts': '',
  'service_tests/journeys/todos.test.ts': '',
}

const TODOS_ARCHIVE = {
  'src/features/todos-archive/index.ts': '',
  'service_tests/features/todos-archive.test.ts': '',
  'service_tests/journeys/todos-archive-daily.test.ts': '',
}

const SHARED = { 'src/features/index.ts': LIST, 'README.md': '# A\n', 'openapi.yaml': CONTRACT }

test('a feature is deleted with its files, and with those alone', () => {
  using project = createProject({ ...SHARED, ...TODOS, ...TODOS_ARCHIVE })

  deleteFeatures(project.root, ['todos'])

  expect(Object.keys(project.files()).sort()).toEqual(Object.keys({ ...SHARED, ...TODOS_ARCHIVE }).sort())
})

test('a feature is taken out of what it shares with others', () => {
  using project = createProject({
    ...TODOS,
    'src/features/index.ts':
      "import todos from './todos/index.ts'\n\nexport const features: Feature[] = [\n  todos,\n]\n",
    'openapi.yaml': 'paths:\n  # --- todos ---\n  /todos: {}\n  # --- chassis ---\n  /info: {}\n',
    'docs/deploy.md': '- todos <!-- feature: todos -->\n- info\n',
  })

  const done = deleteFeatures(project.root, ['todos'])

  expect(project.files()).toEqual({
    'src/features/index.ts': '\nexport const features: Feature[] = [\n]\n',
    'openapi.yaml': 'paths:\n  # --- chassis ---\n  /info: {}\n',
    'docs/deploy.md': '- info\n',
  })
  expect(done).toContain('Took todos out of docs/deploy.md.')
})

test('an unknown feature is refused before anything is deleted', () => {
  using project = createProject({ ...SHARED, ...TODOS })
  const before = project.files()

  expect(() => deleteFeatures(project.root, ['todos', 'todo'])).toThrow(
    'There is no feature "todo". What there is: todos.',
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
  ['todos', 'is a feature "todos" already'],
  ['import', 'is a word of the language'],
  ['docs', 'a path or a block "docs"'],
  ['chassis', 'a path or a block "chassis"'],
  ['problems', 'has "Problem" already'],
])('a new feature can’t be called %s', (name, reason) => {
  using project = createProject({ ...SHARED, ...TODOS })

  expect(() => newFeature(project.root, name)).toThrow(reason)
})
