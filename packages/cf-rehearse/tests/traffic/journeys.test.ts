import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Finding } from '../../src/report/finding.ts'
import { runJourneys } from '../../src/traffic/journeys.ts'

const router = { url: 'http://127.0.0.1:1' }

test('journeys that hang are a finding', async () => {
  const journeys = runScript('setInterval(() => {}, 1000)', { limitMs: 300 })

  await expect(journeys).rejects.toThrow(Finding)
  await expect(journeys).rejects.toThrow('did not end within 0.3 s')
})

test('journeys that fail are a finding, with their titles', async () => {
  const summary = { ok: false, passed: 1, failures: [{ journey: 'a greeting', error: 'expected 200' }] }

  const journeys = runScript(`console.log('${JSON.stringify(summary)}')`)

  await expect(journeys).rejects.toThrow(Finding)
  await expect(journeys).rejects.toThrow('a greeting: expected 200')
})

test('without a summary the exit code decides', async () => {
  expect(await runScript('process.exit(0)')).toBe(true)
  await expect(runScript('console.log("no greeting"); process.exit(3)')).rejects.toThrow('no greeting')
})

test('journeys get the address of the router', async () => {
  expect(await runScript(`process.exit(process.env.BASE_URL === '${router.url}' ? 0 : 1)`)).toBe(true)
})

test('an application without journeys, or without installed packages, has none to run', async () => {
  const options = { from: '/no/such/folder', router, note: () => {} }

  expect(await runJourneys(undefined, options)).toBe(false)
  expect(await runJourneys('exit 1', options)).toBe(false)
})

/** @param lines run as the journeys of an application */
function runScript(lines: string, { limitMs = 60_000 } = {}): Promise<boolean> {
  const from = mkdtempSync(join(tmpdir(), 'journeys-'))
  onTestFinished(() => rmSync(from, { recursive: true }))
  mkdirSync(join(from, 'node_modules'))
  writeFileSync(join(from, 'journeys.js'), lines)
  return runJourneys(`exec ${process.execPath} journeys.js`, { from, router, note: () => {}, limitMs })
}
