// Every script describes itself, and does nothing else while it does.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runScript } from './run-script.ts'

const root = join(import.meta.dirname, '../..')
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }

/** By their names in package.json: the programs of the project that npm runs, with what they are run by. */
const ours = Object.entries(scripts).flatMap(([name, command]): [string, string[]][] => {
  const [, args] = /^node ((?:--\S+ )*scripts\/\S+)/.exec(command) ?? []
  const isHook = command.includes('scripts/node-version.js')
  return args && !isHook ? [[name, args.split(' ')]] : []
})

/** They pass what they don't know to Vitest. */
const passing = ['test', 'test:long', 'test:all', 'e2e']

test('the scripts of package.json are found', () => {
  expect(ours.map(([name]) => name)).toEqual(
    expect.arrayContaining(['new', 'delete', 'rename', 'dev', 'check', 'test']),
  )
})

test.each(ours)('npm run %s -- --help prints usage, options and an example, and nothing else', async (name, args) => {
  const { code, stdout, stderr } = await runScript(root, ...args, '--help')

  const command = args.some((arg) => arg.endsWith('scripts/test.ts')) ? 'npm test' : `npm run (?:-s )?${name}`
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(
    new RegExp(`^Usage: ${command}\\b.*\\n\\n[^]+\\n {2}--help, -h +print this\\n[^]*Examples?:\\n\\n  `),
  )
})

test.each(ours.filter(([name]) => !passing.includes(name)))(
  'npm run %s refuses an option that it does not have by one sentence, and exits with 2',
  async (_name, args) => {
    const { code, stdout, stderr } = await runScript(root, ...args, '--no-such-option')

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^Unknown option '--no-such-option'\. See "npm run .* -- --help"\.\n$/)
  },
)
