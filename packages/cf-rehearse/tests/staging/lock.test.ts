import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { requireProductionOnly, requireSameLock } from '../../src/staging/lock.ts'

const lock = (packages: object) => JSON.stringify({ packages: { '': { version: '1.0.0' }, ...packages } })
const before = lock({
  'node_modules/a': { version: '1.0.0', integrity: 'x' },
  'node_modules/b': { version: '2.0.0', dev: true },
})

test('staging may add to the lock file where packages come from', () => {
  const after = before.replace('"integrity"', '"resolved":"https://example.com/a.tgz","integrity"')

  expect(() => requireSameLock(before, after)).not.toThrow()
})

test.each([
  ['a package of another version', before.replace('"1.0.0","integrity"', '"1.0.1","integrity"'), 'node_modules/a'],
  [
    'another package',
    lock({ ...JSON.parse(before).packages, 'node_modules/c': { version: '1.0.0' } }),
    'node_modules/c',
  ],
  ['one package fewer', lock({ 'node_modules/a': { version: '1.0.0', integrity: 'x' } }), 'node_modules/b'],
])('staging may not put %s into the lock file', (_, after, named) => {
  expect(() => requireSameLock(before, after)).toThrow(named)
})

test('installed devDependencies are a finding', () => {
  const app = mkdtempSync(join(tmpdir(), 'lock-'))
  onTestFinished(() => rmSync(app, { recursive: true }))

  mkdirSync(join(app, 'node_modules/a'), { recursive: true })
  expect(requireProductionOnly(app, before)).toBe(1)

  mkdirSync(join(app, 'node_modules/b'))
  expect(() => requireProductionOnly(app, before)).toThrow('node_modules/b')
})
