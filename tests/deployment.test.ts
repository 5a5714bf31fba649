// What the platform reads: Procfile, manifest.yml and .cfignore fit each other, the contract and the sources.

import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ignore from 'ignore'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'

interface Manifest {
  applications: (Record<string, unknown> & { env: Record<string, unknown>; processes?: { type: string }[] })[]
}

interface Contract {
  paths: Record<string, Record<string, unknown>>
}

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const manifest = load(read('manifest.yml')) as Manifest
const contract = load(read('openapi.yaml')) as Contract
const uploads = ignore().add(read('.cfignore'))
const commands = new Map(
  [...read('Procfile').matchAll(/^([\w-]+): *(.+)$/gm)].map(([, type, command]) => [type, command!]),
)

test('a command replaces its shell, so that signals reach Node', () => {
  for (const command of commands.values()) expect(command).toMatch(/^exec /)
})

test('a command runs Node on a file that is there, with its own process type', () => {
  for (const [type, command] of commands) {
    const [, file, word] = command.match(/ node .*?(\S+\.ts) (\S+)$/) ?? []

    expect(existsSync(join(root, file ?? `no file in "${command}"`))).toBe(true)
    expect(word).toBe(type)
  }
})

test('commands stand in the Procfile alone', () => {
  expect(read('manifest.yml')).not.toMatch(/^[ -]*command:/m)
})

test('every process of the manifest is one of the Procfile', () => {
  const types = manifest.applications.flatMap(({ processes = [{ type: 'web' }] }) => processes.map(({ type }) => type))

  expect([...commands.keys()]).toEqual(expect.arrayContaining(types))
})

test('health checks ask for what the contract has', () => {
  const asked = manifest.applications.flatMap((app) => [
    app['health-check-http-endpoint'],
    app['readiness-health-check-http-endpoint'],
  ])

  for (const path of asked) expect(contract.paths[String(path)]).toHaveProperty('get')
})

test('what is needed to run is uploaded', () => {
  const needed = [
    'package.json',
    'package-lock.json',
    'Procfile',
    'openapi.yaml',
    ...globSync('src/**/*.*', { cwd: root }),
  ]

  expect(needed.filter((file) => uploads.ignores(file))).toEqual([])
})

test.each([
  '.env',
  '.git/config',
  'node_modules/express/index.js',
  'tests/app.ts',
  'docs/architecture.md',
  'README.md',
])('%s is not uploaded', (file) => {
  expect(uploads.ignores(file)).toBe(true)
})
