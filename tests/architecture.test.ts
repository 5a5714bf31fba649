// Who may know whom in src/. An import of types counts like any other.

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
const root = join(import.meta.dirname, '..')
const files = globSync('**/*.ts', { cwd: join(root, 'src') })
const imports = files.flatMap(readImports)
const ofFiles = imports.filter(({ to }) => to.endsWith('.ts'))
const loadedAtStart = reachedFrom('main.ts', ({ typesOnly, dynamic }) => !typesOnly && !dynamic)
const ofPackages = imports.filter(({ to, typesOnly }) => !to.endsWith('.ts') && !typesOnly)

test('only main.ts knows the features', () => {
  const knowing = ofFiles.filter(({ from, to }) => isFeature(to) && !isFeature(from))

  expect([...new Set(knowing.map(({ from }) => from))]).toEqual(['main.ts'])
})

test('a feature knows its own folder, the ports, the generated types, and how to declare settings and problems', () => {
  const lent = ['ports.ts', 'openapi.d.ts', 'chassis/config.ts', 'chassis/problem.ts']
  const beyond = ofFiles.filter(({ from, to }) => isFeature(from) && from !== LIST && !inSameFeature(from, to))

  expect(beyond.filter(({ to }) => !lent.includes(to))).toEqual([])
})

test('backing services know the ports and how to declare settings and problems; of the rest of the chassis only types', () => {
  const lent = ['ports.ts', 'chassis/config.ts', 'chassis/problem.ts']
  const beyond = ofFiles.filter(({ from, to }) => isBacking(from) && !isBacking(to) && !lent.includes(to))

  expect(beyond.filter(({ typesOnly }) => !typesOnly)).toEqual([])
})

test('only main.ts knows the backing services', () => {
  const knowing = ofFiles.filter(({ from, to }) => isBacking(to) && !isBacking(from))

  expect([...new Set(knowing.map(({ from }) => from))]).toEqual(['main.ts'])
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
  ['cors', 'chassis/web/optional.ts'],
  ['swagger-ui-express', 'chassis/web/docs.ts'],
])('%s stays in one file, where it can be replaced', (name, file) => {
  expect(ofPackages.filter(({ to }) => to === name).map(({ from }) => from)).toEqual([file])
})

test('CONTRIBUTING.md has a line for every dependency', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const told = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/'))

  expect(names.filter((name) => !told.includes(`| \`${name}\` `))).toEqual([])
})

test('nothing imports node:http but for its types, since that would load a whole HTTP client', () => {
  const importing = files.filter((file) => /^import (?!type).* from 'node:http'/m.test(readSource(file)))

  expect(importing).toEqual([])
})

function isBacking(file: string): boolean {
  return file.startsWith('backing/')
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
