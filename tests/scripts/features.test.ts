// Features come and go with all of their parts; the texts that are edited for it have tests of their own.

import { expect, test } from 'vitest'
import { deleteFeatures } from '../../scripts/feature/delete-features.ts'
import { newFeature } from '../../scripts/feature/new-feature.ts'
import { createProject } from './project.ts'

const LIST = `import type { Feature } from '../ports.ts'

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
  schemas:
    # --- chassis ---
    Problem: {}
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

  deleteFeatures(project.root, ['todos'])

  expect(project.files()).toEqual({
    'src/features/index.ts': '\nexport const features: Feature[] = [\n]\n',
    'openapi.yaml': 'paths:\n  # --- chassis ---\n  /info: {}\n',
    'docs/deploy.md': '- info\n',
  })
})

test('an unknown feature is refused before anything is deleted', () => {
  using project = createProject({ ...SHARED, ...TODOS })
  const before = project.files()

  expect(() => deleteFeatures(project.root, ['todos', 'todo'])).toThrow(
    'There is no feature "todo". The features are: todos.',
  )
  expect(project.files()).toEqual(before)
})

test('a new feature has all of its parts under its own name', () => {
  using project = createProject(SHARED)

  newFeature(project.root, 'order-items')

  const { 'src/features/order-items/index.ts': source, 'openapi.yaml': contract, ...files } = project.files()
  expect(source).toContain("'GET /order-items': handle.list")
  expect(source).toContain('ORDER_ITEMS_PAGE_SIZE')
  expect(contract).toContain('operationId: listOrderItems')
  expect(files).toHaveProperty(['tests/features/order-items/order-items.test.ts'])
  expect(JSON.stringify(files)).not.toMatch(/my-?feature/i)
})

test('a new feature that is deleted leaves no trace', () => {
  using project = createProject(SHARED)
  const before = project.files()

  newFeature(project.root, 'order-items')
  deleteFeatures(project.root, ['order-items'])

  expect(project.files()).toEqual(before)
})

test.each([
  ['Orders', 'lower case letters'],
  ['order_items', 'lower case letters'],
  ['../orders', 'lower case letters'],
  ['todos', 'is a feature "todos" already'],
  ['import', 'is a reserved word'],
  ['docs', 'a path or a block "docs"'],
  ['chassis', 'a path or a block "chassis"'],
])('a new feature can’t be called %s', (name, reason) => {
  using project = createProject({ ...SHARED, ...TODOS })

  expect(() => newFeature(project.root, name)).toThrow(reason)
})
