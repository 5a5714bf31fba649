// `npm run test:deletable`: in copies of the project, deletes each feature and all of them, adds a new one, follows
// docs/first-feature.md, and renames the service. Each time, everything has to be green. `-- --all` runs all tests instead
// of the unit tests.

import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyGuide } from './feature/guide.ts'
import { featureNames } from './feature/project-files.ts'
import { mustRun, run } from './run.ts'

const root = join(import.meta.dirname, '..')
const tests = process.argv.includes('--all') ? 'test' : 'test:unit'
const features = featureNames(root)

const scratch = mkdtempSync(join(tmpdir(), 'deletable-'))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

await prove('as it is', proveGreen)
if (process.exitCode) process.exit()
for (const feature of features) await prove(`without ${feature}`, (copy) => proveGreenAfter(copy, 'delete', feature))
await prove('without any feature', (copy) => proveGreenAfter(copy, 'delete', ...features))
await prove('with a new feature', (copy) => proveGreenAfter(copy, 'new', 'order-items'))
if (!features.includes('orders')) await prove('with the feature of docs/first-feature.md', proveGuide)
await prove('renamed', (copy) => proveGreenAfter(copy, 'rename', 'my-service'))
await prove('as before, when a new feature is deleted', async (copy) => {
  const before = readFiles(copy)
  await runScript(copy, 'new', 'order-items')
  await runScript(copy, 'delete', 'order-items')
  assert.deepEqual(readFiles(copy), before)
})

async function prove(title: string, proof: (copy: string) => Promise<void>) {
  const startedMs = performance.now()
  const tell = (verdict: string) => console.log(`${verdict} ${title} (${secondsSince(startedMs)} s)`)
  try {
    await proof(await copyProject(title.replaceAll(/\W+/g, '-')))
    tell('ok    ')
  } catch (error) {
    tell('FAILED')
    console.log((error as Error).message)
    process.exitCode = 1
  }
}

async function proveGuide(copy: string) {
  await runScript(copy, 'new', 'orders')
  applyGuide(copy, readFileSync(join(copy, 'docs/first-feature.md'), 'utf8'))
  await runScript(copy, 'generate')
  await proveGreen(copy)
}

async function proveGreenAfter(copy: string, script: string, ...args: string[]) {
  await runScript(copy, script, ...args)
  await proveGreen(copy)
}

async function proveGreen(copy: string) {
  await runScript(copy, 'check')
  await runScript(copy, tests)
}

function runScript(copy: string, script: string, ...args: string[]) {
  return mustRun(copy, 'npm', ['run', '--silent', script, '--', ...args])
}

/** What is committed or would be, with the packages that are installed here. */
async function copyProject(name: string): Promise<string> {
  const copy = join(scratch, name)
  const { output } = await run(root, 'git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
  const files = output.split('\0').filter((file) => file && existsSync(join(root, file)))
  for (const file of files) cpSync(join(root, file), join(copy, file))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

function readFiles(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name))
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'latin1')]))
}

function secondsSince(startedMs: number): string {
  return ((performance.now() - startedMs) / 1000).toFixed(0)
}
