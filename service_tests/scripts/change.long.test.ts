// rename, delete and new, in copies of the project: they change all files that they have to, or none.

import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { copyProject, readProject } from '../../scripts/change/project-copy.ts'
import { runScript } from './run-script.ts'

const root = join(import.meta.dirname, '../..')

/** With a feature to delete. */
const project = copyProject(root)
afterAll(() => project[Symbol.dispose]())
const made = await runScript(project.root, 'scripts/new.ts', 'order-items')
if (made.code !== 0) throw new Error(made.stderr)

const edit = (path: string, change: (text: string) => string) => (copy: string) =>
  writeFileSync(join(copy, path), change(readFileSync(join(copy, path), 'utf8')))

const withoutRules = edit('openapi.yaml', (text) => text.replaceAll('# --- chassis ---', ''))
const withOpenBlock = edit('README.md', (text) => `${text}\n<!-- feature: order-items -->\n`)
const withOtherLayout = edit('package.json', (text) => JSON.stringify(JSON.parse(text), undefined, 4))
const withBrokenChassis = edit('src/chassis/settings.ts', (text) => `${text}\nthrow new Error('broken settings')\n`)
const withBrokenContract = edit('openapi.yaml', (text) => `${text}\n- not: yaml\n`)
const withBrokenList = (copy: string) => appendFileSync(join(copy, 'src/features/index.ts'), '\nconst = 1\n')
const withReadOnly = (path: string) => (copy: string) => chmodSync(join(copy, path), 0o444)

const commands = {
  new: ['scripts/new.ts', 'invoices'],
  delete: ['scripts/delete.ts', 'order-items'],
  rename: ['scripts/rename.ts', 'another-service'],
}

test.each([
  ['new', 'a rule of the contract is missing', withoutRules, 'openapi.yaml: There is no rule "# --- chassis ---"'],
  ['new', 'the contract can’t be read', withBrokenContract, 'openapi.yaml'],
  ['new', 'the formatter fails', withBrokenList, '"biome check --write'],
  ['new', 'the generator fails', withBrokenChassis, 'broken settings'],
  [
    'new',
    'a file is read-only',
    withReadOnly('docs/settings.md'),
    'docs/settings.md is read-only. Nothing was changed.',
  ],
  ['delete', 'a marked block does not end', withOpenBlock, 'README.md: "<!-- feature: order-items -->" and'],
  ['delete', 'the formatter fails', withBrokenList, '"biome check --write'],
  ['delete', 'the generator fails', withBrokenChassis, 'broken settings'],
  [
    'delete',
    'a file is read-only',
    withReadOnly('docs/settings.md'),
    'docs/settings.md is read-only. Nothing was changed.',
  ],
  ['rename', 'the name is in no place that is known', withOtherLayout, 'package.json has no line "name"'],
  ['rename', 'the generator fails', withBrokenChassis, 'broken settings'],
  ['rename', 'a file is read-only', withReadOnly('README.md'), 'README.md is read-only. Nothing was changed.'],
] as const)('%s changes nothing where %s', async (name, _cause, spoil, reason) => {
  using copy = copyProject(project.root)
  spoil(copy.root)
  const before = readProject(copy.root)

  const { code, stdout, stderr } = await runScript(copy.root, ...commands[name])

  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toContain(reason)
  expect(readProject(copy.root)).toEqual(before)
})

test('after a change, each changed file and the next steps are printed', async () => {
  using copy = copyProject(project.root)

  const { code, stdout } = await runScript(copy.root, ...commands.new)

  expect(code).toBe(0)
  const changed = copy.changes().map(({ path, before }) => `${before ? 'Changed' : 'Added'} ${path}`)
  expect(changed).toContain('Added src/features/invoices/index.ts')
  expect(changed).toContain('Changed src/openapi.d.ts')
  expect(stdout.split('\n\n')[0]?.split('\n')).toEqual(changed)
  expect(stdout).toMatch(/\nNext:\n {2}npm run dev .*\/invoices\n/)
})

test('in a clone with the line ends of Windows, what is generated is current', async () => {
  using copy = openWindowsCopy()

  expect(await runScript(copy.root, 'scripts/generate.ts', '--check')).toMatchObject({ code: 0, stderr: '' })
})

test.each(Object.entries(commands))(
  'in a clone with the line ends of Windows, %s changes what it does elsewhere, and keeps the line ends',
  async (_name, command) => {
    using unix = copyProject(project.root)
    using windows = openWindowsCopy()

    const ends = await Promise.all([runScript(unix.root, ...command), runScript(windows.root, ...command)])

    expect(ends[1]).toEqual(ends[0])
    expect(ends[1]).toMatchObject({ code: 0, stderr: '' })
    const wanted = new Map([...readProject(unix.root)].map(([path, bytes]) => [path, toWindows(bytes)]))
    expect(readProject(windows.root)).toEqual(wanted)
  },
)

function openWindowsCopy() {
  const copy = copyProject(project.root)
  for (const [path, bytes] of readProject(copy.root)) writeFileSync(join(copy.root, path), toWindows(bytes))
  return copy
}

const toWindows = (bytes: Buffer): Buffer =>
  bytes.includes(0) ? bytes : Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
