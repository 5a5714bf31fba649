import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readSettings } from '../../src/cli/settings.ts'

test('an application without settings gets the defaults', () => {
  expect(readSettings(writePackage({}))).toEqual({
    contract: 'openapi.yaml',
    paths: ['/'],
    post: undefined,
    journeys: undefined,
    logs: 'text',
    migrate: 'migrate',
  })
})

test('the script "e2e" has the journeys, unless a setting names another command', () => {
  const scripts = { e2e: 'node e2e.js' }

  expect(readSettings(writePackage({ scripts })).journeys).toBe('npm run --silent e2e')
  expect(readSettings(writePackage({ scripts, 'cf-rehearse': { journeys: 'make e2e' } })).journeys).toBe('make e2e')
})

test.each([
  [{ jorneys: 'make e2e' }, '"jorneys"'],
  [{ logs: 'xml' }, '"cf-rehearse.logs"'],
  [{ paths: ['info'] }, '"cf-rehearse.paths"'],
  [{ post: 'notes' }, '"cf-rehearse.post"'],
])('the settings %o are rejected', (settings, named) => {
  expect(() => readSettings(writePackage({ 'cf-rehearse': settings }))).toThrow(named)
})

function writePackage(content: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'package.json'), JSON.stringify(content))
  return folder
}
