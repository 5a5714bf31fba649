// Step "staging": what the buildpack does with an upload. It runs `npm install`, never `npm ci`, and no `build` script.

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
import { endOf, runCommand } from './command.ts'
import { stagingEnvironment } from './environment.ts'
import { demandProductionOnly, demandSameLock } from './lock.ts'
import type { NodeRuntime } from './node-runtime.ts'
import { type Npm, reachingNpmrc, reachingVariables } from './npm.ts'
import type { PushPlan } from './push-plan.ts'
import { refuse } from './refusal.ts'
import type { Selection } from './select-files.ts'
import type { Workplace } from './workplace.ts'

export interface StageParts {
  selection: Selection
  plan: PushPlan
  node: NodeRuntime
  npm: Npm
  workplace: Workplace
  /** Whether packages of an earlier rehearsal will do. */
  reuse: boolean
  tell: (found: string) => void
}

/** @returns the folder with the application and its node_modules, as the buildpack leaves it */
export async function stage(parts: StageParts): Promise<string> {
  const { selection, node, npm, workplace, reuse, tell } = parts
  const app = workplace.makeFolder('staging', 'app')
  for (const file of selection.files) copyFile(file)
  const { scripts = {} } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'))
  const kept = join(workplace.cache, 'staged', keyOf(app, node, npm))
  const hooks = ['heroku-prebuild', 'heroku-postbuild'].filter((name) => scripts[name])

  if (reuse && hooks.length === 0 && existsSync(kept)) {
    cpSync(kept, join(app, 'node_modules'), { recursive: true, verbatimSymlinks: true })
    tell('packages of an earlier rehearsal, whose lock file was the same')
    return app
  }
  await install(app, hooks, parts)
  if (reuse && hooks.length === 0) keep(join(app, 'node_modules'), kept)
  return app

  function copyFile(file: string) {
    const folders = file.split('/').slice(0, -1)
    workplace.makeFolder('staging', 'app', ...folders)
    workplace.copy(join(selection.from, file), join(app, file))
  }
}

async function install(app: string, hooks: string[], parts: StageParts) {
  const { npm, workplace, tell } = parts
  const lock = readFileSync(join(app, 'package-lock.json'), 'utf8')
  const flags = ['--userconfig', join(app, '.npmrc'), '--cache', openNpmCache(workplace)]
  const run = prepareNpm(app, parts)

  const { ok, output } = await run('ci', '--dry-run', '--omit=dev', '--ignore-scripts', ...flags)
  if (!ok) refuseLock(output)
  if (hooks.includes('heroku-prebuild')) await mustRun('run', 'heroku-prebuild')
  await mustRun('install', ...unsafePerm(npm), ...flags)
  if (hooks.includes('heroku-postbuild')) await mustRun('run', 'heroku-postbuild')
  demandSameLock(lock, readFileSync(join(app, 'package-lock.json'), 'utf8'))
  const count = demandProductionOnly(app, lock)
  const dropped = unsafePerm(npm).length === 0 ? ' (without --unsafe-perm, which this npm does not know)' : ''
  tell(`npm ${npm.version} installed ${count} packages${dropped}, none for development, and left the lock as it was`)

  async function mustRun(...args: string[]) {
    const { ok, output } = await run(...args)
    if (ok) return
    refuse(`"npm ${args.slice(0, 2).join(' ')}" failed:\n  ${endOf(output)}`, {
      fact:
        'the buildpack runs npm with NODE_ENV=production and without devDependencies; where it fails, so does the ' +
        'push.',
      remedy: 'Try it in a fresh clone: "npm install --omit=dev". What staging needs belongs to "dependencies".',
    })
  }
}

/** Copies npm and Node to where the user without rights may read them, and gives npm an environment of its own. */
function prepareNpm(app: string, { plan, node, npm, workplace }: StageParts) {
  const [bin, home] = [workplace.makeFolder('staging', 'bin'), workplace.makeFolder('staging', 'home')]
  const npmFolder = workplace.makeFolder('staging', 'npm')
  cpSync(npm.folder, npmFolder, { recursive: true, verbatimSymlinks: true })
  placeProgram(node.file, join(bin, 'node'))
  const env = {
    ...stagingEnvironment(plan, workplace.folder),
    PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: workplace.makeFolder('staging', 'tmp'),
    ...reachingVariables(),
    npm_config_globalconfig: writeReaching(join(home, '.reach'), npm, workplace),
    npm_config_update_notifier: 'false',
  }
  return (...args: string[]) =>
    runCommand(join(bin, 'node'), [join(npmFolder, 'bin/npm-cli.js'), ...args], { cwd: app, env, ...workplace.user })
}

/** There may be tokens in it: for the user's eyes only, and gone when staging is over. */
function writeReaching(file: string, npm: Npm, { user }: Workplace): string {
  writeFileSync(file, reachingNpmrc(npm), { mode: 0o600 })
  if (user.uid !== undefined) chownSync(file, user.uid, user.uid)
  return file
}

/** The buildpack always passes it; npm 12 ends by it, so the buildpack will have to leave it out, too. */
const unsafePerm = ({ version }: Npm): string[] => (Number.parseInt(version, 10) < 12 ? ['--unsafe-perm'] : [])

function refuseLock(output: string): never {
  if (!/npm ci|package-lock|EUSAGE/.test(output)) {
    throw new Error(`npm could not look at the lock file:\n  ${endOf(output)}`)
  }
  return refuse(`package-lock.json does not fit package.json:\n  ${endOf(output, 6)}`, {
    fact:
      'the buildpack runs "npm install", which rewrites such a lock without a word: what runs is not what was ' +
      'tested.',
    remedy: 'Run "npm install", and commit package-lock.json.',
  })
}

function openNpmCache({ cache, user }: Workplace): string {
  const folder = join(cache, 'npm')
  mkdirSync(folder, { recursive: true })
  if (user.uid !== undefined) chownSync(folder, user.uid, user.uid)
  return folder
}

/** A copy, since the cache may be on another disk. */
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

/** Appears at once, for another rehearsal may be looking. */
function keep(packages: string, kept: string) {
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
