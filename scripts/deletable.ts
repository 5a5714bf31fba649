// `npm run test:deletable`: in copies of the project, deletes each feature and all of them, adds a new one, follows
// docs/first-feature.md, and renames the service. Each time everything has to pass, and nothing may name a deleted example.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { copyProject, readProject } from './change/project-copy.ts'
import { readText } from './change/text-files.ts'
import { runScript } from './command-line.ts'
import { applyGuide } from './feature/guide.ts'
import { featureNames } from './feature/project-files.ts'
import { findTraces, readSpellings } from './feature/traces.ts'
import { mustRun } from './run.ts'

const commandLine = {
  command: 'npm run test:deletable',
  usage: '-- [options]',
  summary:
    'Proves in copies of the project that each feature can be deleted, that a new one can be added, that\ndocs/first-feature.md is right, and that the service can be renamed. Checks and unit tests have to pass each time. It takes some minutes.',
  options: { all: { type: 'boolean', help: 'run all tests each time, instead of the unit tests' } },
  examples: ['npm run test:deletable'],
} as const

await runScript(commandLine, async ({ values: { all } }) => {
  const root = join(import.meta.dirname, '..')
  const features = featureNames(root)
  const tests = all ? 'test' : 'test:unit'

  await prove('as it is', (copy) => requireGreen(copy, tests))
  if (process.exitCode) return
  for (const feature of features) await prove(`without ${feature}`, (copy) => requireDeletable(copy, tests, [feature]))
  await prove('without any feature', (copy) => requireDeletable(copy, tests, features))
  await prove('with a new feature', (copy) => requireGreenAfter(copy, tests, 'new', 'order-items'))
  if (!features.includes('orders')) await prove('with the feature of docs/first-feature.md', requireGuide)
  await prove('renamed', (copy) => requireGreenAfter(copy, tests, 'rename', 'my-service'))
  await prove('as before, when a new feature is deleted', requireReversible)

  async function requireGuide(copy: string) {
    await runNpm(copy, 'new', 'orders')
    applyGuide(copy, readText(join(copy, 'docs/first-feature.md')))
    await runNpm(copy, 'generate')
    await requireGreen(copy, tests)
  }

  async function prove(title: string, proof: (copy: string) => Promise<void>) {
    const startedMs = performance.now()
    const report = (verdict: string) =>
      console.log(`${verdict} ${title} (${((performance.now() - startedMs) / 1000).toFixed(0)} s)`)
    try {
      using copy = copyProject(root)
      await proof(copy.root)
      report('ok    ')
    } catch (error) {
      report('FAILED')
      console.log((error as Error).message)
      process.exitCode = 1
    }
  }
})

async function requireDeletable(copy: string, tests: string, features: string[]) {
  const spellings = features.flatMap((feature) => readSpellings(copy, feature) ?? [])
  await requireGreenAfter(copy, tests, 'delete', ...features)
  // The lock file names packages alone.
  const files = [...readProject(copy).keys()].filter((file) => file !== 'package-lock.json')
  const traces = spellings.flatMap((each) => findTraces(copy, files, each))
  if (traces.length > 0) throw new Error(`Something still names what was deleted:\n${traces.join('\n')}`)
}

async function requireGreenAfter(copy: string, tests: string, script: string, ...args: string[]) {
  await runNpm(copy, script, ...args)
  await requireGreen(copy, tests)
}

async function requireGreen(copy: string, tests: string) {
  await runNpm(copy, 'check')
  await runNpm(copy, tests)
}

async function requireReversible(copy: string) {
  const before = readProject(copy)
  await runNpm(copy, 'new', 'order-items')
  await runNpm(copy, 'delete', 'order-items')
  assert.deepEqual(readProject(copy), before)
}

function runNpm(copy: string, script: string, ...args: string[]) {
  return mustRun(copy, 'npm', ['run', '--silent', script, '--', ...args])
}
