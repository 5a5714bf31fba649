// The packages of packages/, which are development tools and know nothing of the service.

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const packages = globSync('packages/*/package.json', { cwd: root }).map((file) => dirname(file))

test.each(packages)('%s imports only its own files and its own dependencies', (folder) => {
  const { name, dependencies, devDependencies, peerDependencies } = readJson(join(folder, 'package.json'))
  const known = [name, ...Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies })]
  const files = globSync('**/*.ts', { cwd: join(root, folder) })

  const foreign = files.flatMap((file) =>
    readImports(join(folder, file)).filter((imported) =>
      imported.startsWith('.')
        ? !normalize(join(folder, dirname(file), imported)).startsWith(`${folder}/`)
        : !imported.startsWith('node:') && !known.includes(packageOf(imported)),
    ),
  )

  expect(files).not.toEqual([])
  expect(foreign).toEqual([])
})

test.each(packages)('%s is a development dependency, by its folder', (folder) => {
  const { name } = readJson(join(folder, 'package.json'))

  expect(readJson('package.json').devDependencies[name]).toBe(`file:${folder}`)
  expect(readJson('package-lock.json').packages[folder].dev).toBe(true)
})

test('the packages share all dependencies with the root, so that none is installed twice', () => {
  const installed = Object.keys(readJson('package-lock.json').packages)

  expect(installed.filter((path) => /^packages\/.*\/node_modules\//.test(path))).toEqual([])
})

function readJson(file: string) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

function readImports(file: string): string[] {
  const found = readFileSync(join(root, file), 'utf8').matchAll(
    /^(?:import|export) (?:type )?(?:[^';]*? from )?'([^']+)'|\bimport\('([^']+)'\)/gm,
  )
  return [...found].map(([, fixed, dynamic]) => fixed ?? dynamic!)
}

/** `pg/lib/x.js` is of `pg`, `@scope/name/file.js` of `@scope/name`. */
function packageOf(name: string): string {
  return name.match(/^(?:@[^/]+\/)?[^/]+/)![0]
}
