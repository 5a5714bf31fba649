// Which parts of src/ may import which. An import of types counts like any other.

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

interface Import {
  from: string
  /** A file in src/, or the name of a package. */
  to: string
  typesOnly: boolean
  /** Loaded when it is first needed, by `import()`. */
  dynamic: boolean
}

const LIST = 'features/index.ts'
const GENERATED = 'openapi.d.ts'
const root = join(import.meta.dirname, '..')
const files = globSync('**/*.ts', { cwd: join(root, 'src') })
const imports = files.flatMap(readImports)
const ofFiles = imports.filter(({ to }) => to.endsWith('.ts'))
const loadedAtStart = reachedFrom('main.ts', ({ typesOnly, dynamic }) => !typesOnly && !dynamic)
const ofPackages = imports.filter(({ to, typesOnly }) => !to.endsWith('.ts') && !typesOnly)

/** What features and backing services may import besides the ports: how to declare settings, and how to refuse. */
const DECLARATIONS = ['chassis/config.ts', 'chassis/problem.ts']

test('only main.ts imports features', () => {
  const importing = ofFiles.filter(({ from, to }) => isFeature(to) && !isFeature(from))

  expect([...new Set(importing.map(({ from }) => from))]).toEqual(['main.ts'])
})

test('a feature imports its own folder, the ports, the kit for resources, settings, problems and generated types', () => {
  const outward = ofFiles.filter(({ from, to }) => isFeature(from) && from !== LIST && !inSameFeature(from, to))
  const allowed = [...DECLARATIONS, GENERATED]

  expect(outward.filter(({ to }) => !isPort(to) && !isResources(to) && !allowed.includes(to))).toEqual([])
})

test('the kit for resources imports the ports, settings, problems and entity tags', () => {
  const outward = ofFiles.filter(({ from, to }) => isResources(from) && !isResources(to))
  const allowed = [...DECLARATIONS, 'chassis/entity-tag.ts']

  expect(outward.filter(({ to }) => !isPort(to) && !allowed.includes(to))).toEqual([])
})

test('only features import the kit for resources', () => {
  const importing = ofFiles.filter(({ from, to }) => isResources(to) && !isResources(from))

  expect(importing.filter(({ from }) => !isFeature(from))).toEqual([])
})

test('backing services import the ports, settings and problems', () => {
  const outward = ofFiles.filter(({ from, to }) => isBacking(from) && !isBacking(to))

  expect(outward.filter(({ to }) => !isPort(to) && !DECLARATIONS.includes(to))).toEqual([])
})

test('only main.ts imports backing services', () => {
  const importing = ofFiles.filter(({ from, to }) => isBacking(to) && !isBacking(from))

  expect([...new Set(importing.map(({ from }) => from))]).toEqual(['main.ts'])
})

test('the chassis imports nothing but itself, the ports and the generated types', () => {
  const outward = ofFiles.filter(({ from, to }) => isChassis(from) && !isChassis(to))

  expect(outward.filter(({ to }) => !isPort(to) && to !== GENERATED)).toEqual([])
})

test('the ports are types: they import nothing but each other, types of settings, and the generated types', () => {
  const outward = ofFiles.filter(({ from, to }) => isPort(from) && !isPort(to))

  expect(ofFiles.filter(({ from, typesOnly }) => isPort(from) && !typesOnly)).toEqual([])
  expect(outward.filter(({ to }) => to !== 'chassis/config.ts' && to !== GENERATED)).toEqual([])
})

test('clients of backing services are loaded only where they are used', () => {
  const clients = ['kysely', 'pg', 'ioredis', 'memjs', 'lru-cache']
  const atStart = ofPackages.filter(
    ({ from, to, dynamic }) => loadedAtStart.has(from) && clients.includes(to) && !dynamic,
  )

  expect(loadedAtStart.has('backing/backing.ts')).toBe(true)
  expect(atStart).toEqual([])
})

test('no file imports itself, through whatever others', () => {
  expect(files.filter((file) => reachedFrom(file).has(file))).toEqual([])
})

test('the packages that production depends on are those that src imports', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

  expect([...new Set(ofPackages.map(({ to }) => to))].sort()).toEqual(Object.keys(dependencies).sort())
})

test.each([
  ['pino', 'chassis/log.ts'],
  ['ajv', 'chassis/web/validate.ts'],
  ['cors', 'chassis/web/cors.ts'],
  ['swagger-ui-express', 'chassis/web/docs.ts'],
])('%s stays in one file, where it can be replaced', (name, file) => {
  expect(ofPackages.filter(({ to }) => to === name).map(({ from }) => from)).toEqual([file])
})

test('CONTRIBUTING.md has a line for every dependency', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/'))

  expect(names.filter((name) => !contributing.includes(`| \`${name}\` `))).toEqual([])
})

test('nothing imports node:http but for its types, since that would load a whole HTTP client', () => {
  const importing = files.filter((file) => /^import (?!type).* from 'node:http'/m.test(readSource(file)))

  expect(importing).toEqual([])
})

function isChassis(file: string): boolean {
  return file.startsWith('chassis/')
}

function isPort(file: string): boolean {
  return file.startsWith('ports/')
}

function isBacking(file: string): boolean {
  return file.startsWith('backing/')
}

function isResources(file: string): boolean {
  return file.startsWith('resources/')
}

function isFeature(file: string): boolean {
  return file.startsWith('features/')
}

function inSameFeature(from: string, to: string): boolean {
  return to.startsWith(`${from.split('/', 2).join('/')}/`)
}

function readImports(from: string): Import[] {
  const found = readSource(from).matchAll(
    /^(?:import|export) (type )?(?:[^';]*? from )?'([^']+)'|\bimport\('([^']+)'\)/gm,
  )
  return [...found].flatMap(([, typesOnly, fixed = '', given = fixed]) => {
    if (given.startsWith('node:')) return []
    const to = given.startsWith('.') ? normalize(join(dirname(from), given)) : packageOf(given)
    return [{ from, to, typesOnly: typesOnly !== undefined, dynamic: !fixed }]
  })
}

function readSource(file: string): string {
  return readFileSync(join(root, 'src', file), 'utf8')
}

/** `ajv/dist/2020.js` is of `ajv`, `@scope/name/file.js` of `@scope/name`. */
function packageOf(name: string): string {
  return name.match(/^(?:@[^/]+\/)?[^/]+/)![0]
}

/** All that a file imports, itself or through others. */
function reachedFrom(
  file: string,
  followed: (found: Import) => boolean = () => true,
  reached = new Set<string>(),
): Set<string> {
  for (const found of ofFiles) {
    const { from, to } = found
    if (from === file && followed(found) && !reached.has(to)) reachedFrom(to, followed, reached.add(to))
  }
  return reached
}
