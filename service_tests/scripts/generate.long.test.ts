// generate does as much as it can, and names what can't be loaded.

import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { copyProject } from '../../scripts/change/project-copy.ts'
import { runScript } from './run-script.ts'

const root = join(import.meta.dirname, '../..')

/** With a feature to break. */
const project = copyProject(root)
afterAll(() => project[Symbol.dispose]())
const made = await runScript(project.root, 'scripts/new.ts', 'order-items')
if (made.code !== 0) throw new Error(made.stderr)

const breakages: [string, string, string][] = [
  ['has an error of syntax', 'const = 1', 'src/features/order-items/index.ts:'],
  ['throws when it is loaded', "throw new Error('not now')", 'not now (src/features/order-items/index.ts:'],
  ['imports a file that does not exist', "import './gone.ts'", "Cannot find module '"],
]

test.each(breakages)(
  'a feature that %s is named, and the types are written all the same',
  async (_how, line, reason) => {
    using copy = openChanged(line)

    const { code, stdout, stderr } = await runScript(copy.root, 'scripts/generate.ts')

    expect(code).toBe(1)
    expect(stdout).toBe('Wrote src/openapi.d.ts.\n')
    expect(readFileSync(join(copy.root, 'src/openapi.d.ts'), 'utf8')).toContain('listEverything')
    expect(stderr).toMatch(/^The feature order-items can't be loaded: .*\n$/)
    expect(stderr).toContain(reason)
  },
)

test('the check names types that are not current as well as a feature that is broken', async () => {
  using copy = openChanged("throw new Error('not now')")
  const before = readFileSync(join(copy.root, 'src/openapi.d.ts'), 'utf8')

  const { code, stderr } = await runScript(copy.root, 'scripts/generate.ts', '--check')

  expect(code).toBe(1)
  expect(stderr).toContain('src/openapi.d.ts is not current.')
  expect(stderr).toContain("The feature order-items can't be loaded: not now")
  expect(readFileSync(join(copy.root, 'src/openapi.d.ts'), 'utf8')).toBe(before)
})

test('a list of features that is broken is named itself', async () => {
  using copy = openChanged('')
  appendFileSync(join(copy.root, 'src/features/index.ts'), "\nthrow new Error('no list')\n")

  const { code, stderr } = await runScript(copy.root, 'scripts/generate.ts')

  expect(code).toBe(1)
  expect(stderr).toMatch(/^src\/features\/index\.ts can't be loaded: no list \(src\/features\/index\.ts:\d+\)\.\n$/)
})

test('a contract that can’t be read is named, and nothing is written', async () => {
  using copy = copyProject(project.root)
  const before = readFileSync(join(copy.root, 'src/openapi.d.ts'), 'utf8')
  appendFileSync(join(copy.root, 'openapi.yaml'), '\n- not: yaml\n')

  const { code, stdout, stderr } = await runScript(copy.root, 'scripts/generate.ts')

  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toContain('openapi.yaml must be an OpenAPI 3.1 document in YAML: ')
  expect(readFileSync(join(copy.root, 'src/openapi.d.ts'), 'utf8')).toBe(before)
})

test('a generated file that is missing is written', async () => {
  using copy = copyProject(project.root)
  for (const file of ['src/openapi.d.ts', '.env.example']) rmSync(join(copy.root, file))

  const { code, stdout } = await runScript(copy.root, 'scripts/generate.ts')

  expect(code).toBe(0)
  expect(stdout).toBe('Wrote src/openapi.d.ts.\nWrote .env.example.\n')
  expect(copy.changes()).toEqual([])
})

/** With another name for an operation in the contract, and this line at the end of the feature. */
function openChanged(line: string) {
  const copy = copyProject(project.root)
  const edit = (path: string, change: (text: string) => string) =>
    writeFileSync(join(copy.root, path), change(readFileSync(join(copy.root, path), 'utf8')))
  edit('openapi.yaml', (text) => text.replace('operationId: listOrderItems', 'operationId: listEverything'))
  edit('src/features/order-items/index.ts', (text) => `${text}${line}\n`)
  return copy
}
