import { execFile } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { releaseChangelog } from '../../scripts/version/changelog.ts'
import { versionProject } from '../../scripts/version.ts'
import { createProject } from './project.ts'

const runFile = promisify(execFile)
const root = join(import.meta.dirname, '../..')

const manifest = (version: string) => `applications:
  - name: my-service # VERSION: is in /info
    env:
      LOG_LEVEL: info
      # As in package.json.
      VERSION: ${version}
      TRUST_PROXY_HOPS: 1
`

const contract = (version: string) => `# The contract.
openapi: 3.1.0
info:
  title: my-service
  description: |
    Whose version: 0.1.0 is this?
  version: ${version}
paths: {}
components:
  example:
  version: 0.1.0
`

const changelog = (versions: string) => `# Changelog\n\nFor you.\n\n## [Unreleased]\n${versions}`

test('the version is replaced in all places, and everything else stays as it was', () => {
  using project = createProject({
    'manifest.yml': manifest('0.1.0'),
    'openapi.yaml': contract('0.1.0'),
    'CHANGELOG.md': changelog('\n### Added\n\n- Notes.\n\n## [0.1.0] - 2026-11-01\n\nThe first.\n'),
  })

  const changed = versionProject(project.root, { version: '0.2.0', date: '2026-11-24' })

  expect(changed).toEqual(['manifest.yml', 'openapi.yaml', 'CHANGELOG.md'])
  expect(project.files()).toEqual({
    'manifest.yml': manifest('0.2.0'),
    'openapi.yaml': contract('0.2.0'),
    'CHANGELOG.md': changelog(
      '\n## [0.2.0] - 2026-11-24\n\n### Added\n\n- Notes.\n\n## [0.1.0] - 2026-11-01\n\nThe first.\n',
    ),
  })
})

test('a file without a place for the version is named', () => {
  using project = createProject({ 'manifest.yml': 'applications: []\n' })

  const versioning = () => versionProject(project.root, { version: '0.2.0', date: '2026-11-24' })

  expect(versioning).toThrow('manifest.yml: There is no version to replace.')
})

test('where one file has no place for the version, no other is changed', () => {
  const files = {
    'manifest.yml': manifest('0.1.0'),
    'openapi.yaml': contract('0.1.0'),
    'CHANGELOG.md': '# Changelog\n',
  }
  using project = createProject(files)

  const versioning = () => versionProject(project.root, { version: '0.2.0', date: '2026-11-24' })

  expect(versioning).toThrow(/CHANGELOG\.md: .*git checkout package\.json package-lock\.json/)
  expect(project.files()).toEqual(files)
})

test.each([
  ['a release of nothing says so', '', '\n## [0.2.0] - 2026-11-24\n\nThere is nothing to take over.\n'],
  [
    'a prepared section gets its date',
    '\n## [0.2.0] - unreleased\n\nThe first.\n',
    '\n## [0.2.0] - 2026-11-24\n\nThe first.\n',
  ],
  [
    'what is unreleased comes first in a prepared section',
    '\n- Tasks.\n\n## [0.2.0] - unreleased\n\nThe first.\n',
    '\n## [0.2.0] - 2026-11-24\n\n- Tasks.\n\nThe first.\n',
  ],
])('%s', (_title, before, after) => {
  expect(releaseChangelog(changelog(before), { version: '0.2.0', date: '2026-11-24' })).toBe(changelog(after))
})

test('a released version is not released again', () => {
  const text = changelog('\n## [0.3.0] - 2026-11-23\n\nNew.\n\n## [0.2.0] - 2026-11-02\n\nOld.\n')

  expect(() => releaseChangelog(text, { version: '0.2.0', date: '2026-11-24' })).toThrow('has a section already')
})

test('npm version commits all places as one, and tags the commit', async () => {
  using project = createProject({
    'package.json': JSON.stringify({
      name: 'my-service',
      version: '0.1.9',
      type: 'module',
      scripts: { version: 'node scripts/version.ts' },
    }),
    'package-lock.json': lock('0.1.9'),
    'manifest.yml': manifest('0.1.9'),
    'openapi.yaml': contract('0.1.9'),
    'CHANGELOG.md': changelog('\n- Tasks.\n'),
  })
  cpSync(join(root, 'scripts'), join(project.root, 'scripts'), { recursive: true })
  const run = (command: string, ...args: string[]) => runFile(command, args, { cwd: project.root, env: quietEnv() })
  await run('git', 'init', '--quiet')
  await run('git', 'add', '.')
  await run('git', 'commit', '--quiet', '--message', 'Begin')

  await run('npm', 'version', 'patch')

  const changed = (await run('git', 'show', '--name-only', '--format=%s', 'HEAD')).stdout.trim().split('\n')
  const tags = await run('git', 'tag', '--points-at', 'HEAD')
  const left = await run('git', 'status', '--porcelain')
  const read = (file: string) => readFileSync(join(project.root, file), 'utf8')
  expect(changed.sort()).toEqual(
    ['', '0.1.10', 'CHANGELOG.md', 'manifest.yml', 'openapi.yaml', 'package-lock.json', 'package.json'].sort(),
  )
  expect(tags.stdout).toBe('v0.1.10\n')
  expect(left.stdout).toBe('')
  expect(JSON.parse(read('package.json')).version).toBe('0.1.10')
  expect(JSON.parse(read('package-lock.json')).packages[''].version).toBe('0.1.10')
  expect(read('manifest.yml')).toBe(manifest('0.1.10'))
  expect(read('openapi.yaml')).toBe(contract('0.1.10'))
  expect(read('CHANGELOG.md')).toMatch(/## \[0\.1\.10\] - \d{4}-\d\d-\d\d\n\n- Tasks\.\n$/)
})

function lock(version: string): string {
  const own = { name: 'my-service', version }
  return JSON.stringify({ ...own, lockfileVersion: 3, requires: true, packages: { '': own } }, null, 2)
}

/** Without the settings of the user and of the npm that run the tests. */
function quietEnv(): NodeJS.ProcessEnv {
  const who = { NAME: 'A Test', EMAIL: 'test@example.com' }
  const identity = Object.entries(who).flatMap(([key, value]) => [
    [`GIT_AUTHOR_${key}`, value],
    [`GIT_COMMITTER_${key}`, value],
  ])
  const own = Object.entries(process.env).filter(([key]) => !/^(npm_|GIT_)/i.test(key))
  return { ...Object.fromEntries([...own, ...identity]), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
}
