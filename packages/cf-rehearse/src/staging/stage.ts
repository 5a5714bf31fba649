// Step "staging": what the buildpack does with an upload. It runs `npm install`, never `npm ci`, and no "build" script.

import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { stagingEnvironment } from '../container/environment.ts'
import type { PushPlan } from '../manifest/push-plan.ts'
import { throwFinding } from '../report/finding.ts'
import type { Note } from '../report/reporter.ts'
import { endOf, runCommand } from '../run-command.ts'
import type { Selection } from '../upload/select-files.ts'
import { requireProductionOnly, requireSameLock } from './lock.ts'
import type { NodeRuntime } from './node-runtime.ts'
import { type Npm, registryNpmrc, registryVariables } from './npm.ts'
import type { Workplace } from './workplace.ts'

export interface StageOptions {
  selection: Selection
  plan: PushPlan
  node: NodeRuntime
  npm: Npm
  workplace: Workplace
  /** Whether to reuse the packages of an earlier rehearsal. */
  reuse: boolean
  note: Note
}

/** @returns the folder with the application and its node_modules, as the buildpack leaves it */
export async function stage(options: StageOptions): Promise<string> {
  const { selection, node, npm, workplace, reuse, note } = options
  const app = workplace.makeFolder('staging', 'app')
  for (const file of selection.files) copyFile(file)
  const { scripts = {} } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'))
  const kept = join(workplace.cache, 'staged', keyOf(app, node, npm))
  const hooks = ['heroku-prebuild', 'heroku-postbuild'].filter((name) => scripts[name])

  if (reuse && hooks.length === 0 && existsSync(kept)) {
    cpSync(kept, join(app, 'node_modules'), { recursive: true, verbatimSymlinks: true })
    note('packages of an earlier rehearsal with the same lock file')
    return app
  }
  await install(app, hooks, options)
  if (reuse && hooks.length === 0) cachePackages(join(app, 'node_modules'), kept)
  return app

  function copyFile(file: string) {
    const folders = file.split('/').slice(0, -1)
    workplace.makeFolder('staging', 'app', ...folders)
    workplace.copy(join(selection.from, file), join(app, file))
  }
}

async function install(app: string, hooks: string[], options: StageOptions) {
  const { npm, workplace, note } = options
  const lock = readFileSync(join(app, 'package-lock.json'), 'utf8')
  const flags = ['--userconfig', join(app, '.npmrc'), '--cache', openNpmCache(workplace)]
  const run = prepareNpm(app, options)

  const { ok, output } = await run('ci', '--dry-run', '--omit=dev', '--ignore-scripts', ...flags)
  if (!ok) throwLock(output)
  if (hooks.includes('heroku-prebuild')) await mustRun('run', 'heroku-prebuild')
  await mustRun('install', ...unsafePerm(npm), ...flags)
  if (hooks.includes('heroku-postbuild')) await mustRun('run', 'heroku-postbuild')
  requireSameLock(lock, readFileSync(join(app, 'package-lock.json'), 'utf8'))
  const count = requireProductionOnly(app, lock)
  const dropped = unsafePerm(npm).length === 0 ? ' (without --unsafe-perm, which this npm does not support)' : ''
  note(`npm ${npm.version} installed ${count} packages${dropped}, no devDependencies, and did not change the lock file`)

  async function mustRun(...args: string[]) {
    const { ok, output } = await run(...args)
    if (ok) return
    throwFinding(`"npm ${args.slice(0, 2).join(' ')}" failed:\n  ${endOf(output)}`, {
      fact: 'the buildpack runs npm with NODE_ENV=production and without devDependencies; if npm fails, so does the push.',
      remedy: 'Run "npm install --omit=dev" in a fresh clone. Packages that staging needs belong to "dependencies".',
    })
  }
}

/** Copies npm and Node to where the unprivileged user can read them. npm gets an environment of its own. */
function prepareNpm(app: string, { plan, node, npm, workplace }: StageOptions) {
  const [bin, home] = [workplace.makeFolder('staging', 'bin'), workplace.makeFolder('staging', 'home')]
  const npmFolder = workplace.makeFolder('staging', 'npm')
  cpSync(npm.folder, npmFolder, { recursive: true, verbatimSymlinks: true })
  placeProgram(node.file, join(bin, 'node'))
  const env = {
    ...stagingEnvironment(plan, workplace.folder),
    PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: workplace.makeFolder('staging', 'tmp'),
    ...registryVariables(),
    npm_config_globalconfig: writeRegistryNpmrc(join(home, '.registry-npmrc'), npm, workplace),
    npm_config_update_notifier: 'false',
  }
  return (...args: string[]) =>
    runCommand(join(bin, 'node'), [join(npmFolder, 'bin/npm-cli.js'), ...args], { cwd: app, env, ...workplace.user })
}

/** It may contain tokens, so only the user can read it, and it is deleted after staging. */
function writeRegistryNpmrc(file: string, npm: Npm, { user }: Workplace): string {
  writeFileSync(file, registryNpmrc(npm), { mode: 0o600 })
  if (user.uid !== undefined) chownSync(file, user.uid, user.uid)
  return file
}

/** The buildpack always passes this flag. npm 12 rejects it, so the buildpack will have to drop it. */
const unsafePerm = ({ version }: Npm): string[] => (Number.parseInt(version, 10) < 12 ? ['--unsafe-perm'] : [])

function throwLock(output: string): never {
  if (!/npm ci|package-lock|EUSAGE/.test(output)) {
    throw new Error(`npm could not check the lock file:\n  ${endOf(output)}`)
  }
  return throwFinding(`package-lock.json does not match package.json:\n  ${endOf(output, 6)}`, {
    fact:
      'the buildpack runs "npm install", which silently rewrites such a lock file, so that other versions run than ' +
      'those that were tested.',
    remedy: 'Run "npm install" and commit package-lock.json.',
  })
}

function openNpmCache({ cache, user }: Workplace): string {
  const folder = join(cache, 'npm')
  mkdirSync(folder, { recursive: true })
  if (user.uid !== undefined) chownSync(folder, user.uid, user.uid)
  return folder
}

/** Copies instead of linking, because the cache may be on another disk. */
export function placeProgram(from: string, to: string) {
  cpSync(from, to, { dereference: true })
  chmodSync(to, 0o755)
}

function keyOf(app: string, node: NodeRuntime, npm: Npm): string {
  const files = ['package.json', 'package-lock.json', '.npmrc'].filter((file) => existsSync(join(app, file)))
  const hash = createHash('sha256').update([node.version, npm.version, process.platform, process.arch].join(' '))
  for (const file of files) hash.update(readFileSync(join(app, file)))
  return hash.digest('hex').slice(0, 20)
}

/** Renames at the end, because another rehearsal may run at the same time. */
function cachePackages(packages: string, kept: string) {
  mkdirSync(join(kept, '..'), { recursive: true })
  const copy = mkdtempSync(`${kept}-`)
  chmodSync(copy, 0o755)
  cpSync(packages, copy, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(copy, kept)
  } catch {
    rmSync(copy, { recursive: true, force: true })
  }
}
