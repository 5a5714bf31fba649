import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeJourneys } from '../../../scripts/rehearse/journeys.ts'
import { Refusal } from '../../../scripts/rehearse/refusal.ts'

const router = { url: 'http://127.0.0.1:1' }

test('journeys that hang are a verdict about the service', async () => {
  const folder = makeProject('setInterval(() => {}, 1000)')

  const made = makeJourneys(folder, router, { tell: () => {}, limitMs: 300 })

  await expect(made).rejects.toThrow(Refusal)
  await expect(made).rejects.toThrow('not over after 0.3 s')
})

test('journeys that fail are a verdict about the service, with their names', async () => {
  const summary = { ok: false, passed: 1, failures: [{ journey: 'a greeting', error: 'expected 200' }] }
  const folder = makeProject(`console.log('${JSON.stringify(summary)}')`)

  const made = makeJourneys(folder, router, { tell: () => {} })

  await expect(made).rejects.toThrow(Refusal)
  await expect(made).rejects.toThrow('a greeting: expected 200')
})

test('a project without journeys has none to make', async () => {
  expect(await makeJourneys('/no/such/folder', router, { tell: () => {} })).toBe(false)
})

/** @param lines what runs in the place of the journeys */
function makeProject(lines: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'journeys-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of ['scripts', 'node_modules']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'scripts/e2e.ts'), lines)
  return folder
}
