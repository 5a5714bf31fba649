// The process of a service: the command of the Procfile, run by a shell, without the environment of the tests.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { load } from 'js-yaml'
import { readLog, type ServiceLog } from './service-log.ts'

export interface ProcessOptions {
  env?: Record<string, string>
  /** The file to run in place of the one that the Procfile names, relative to the root. */
  main?: string
  /** The arguments in place of those in the Procfile. */
  args?: string
  /** The file by which processes join a memory control group. */
  memoryGroup?: string
}

export interface Ended {
  /** Null if a signal ended the process. */
  code: number | null
  stderr: string
}

export interface ServiceProcess {
  log: ServiceLog
  /** Settles when the process has ended, even if another process holds its log open. */
  ended: Promise<Ended>
  signal(name: NodeJS.Signals): void
  signalled(): boolean
}

const root = fileURLToPath(new URL('../', import.meta.url))

export function spawnService(options: ProcessOptions): ServiceProcess {
  const dataDir = mkdtempSync(join(tmpdir(), 'service-'))
  // The log goes through a pipe, as on every platform; Node would give the child a socket.
  const joinGroup = options.memoryGroup ? `echo $$ > ${options.memoryGroup}; ` : ''
  const child = spawn('bash', ['-c', `exec > >(exec cat 2>&-); ${joinGroup}${commandOf(options)}`], {
    cwd: root,
    env: { ...inherited(), DATA_DIR: dataDir, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = readLog(child.stdout)
  let signalled = false
  killWithTests(child)

  return {
    log,
    ended: end(),
    signal(name) {
      signalled = true
      child.kill(name)
    },
    signalled: () => signalled,
  }

  async function end(): Promise<Ended> {
    const [[code], stderr] = await Promise.all([once(child, 'exit'), text(child.stderr)])
    await log.ended
    rmSync(dataDir, { recursive: true, force: true })
    return { code, stderr }
  }
}

/** `exec` lets signals reach Node instead of a shell, which would not pass them on. */
function commandOf({ main, args = 'web' }: ProcessOptions): string {
  const { web = '' } = load(readFileSync(`${root}Procfile`, 'utf8')) as Record<string, string>
  const command = /^(exec .* )(src\/main\.ts) web$/.exec(web)
  if (!command) throw new Error('The command of "web" in the Procfile needs to be "exec … src/main.ts web".')
  return `${command[1]}${main ?? command[2]} ${args}`
}

/** The folder of this Node comes first, so that `node` is the version that runs the tests. Coverage is passed on. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, NODE_V8_COVERAGE } = process.env
  const known = { HOME, TMPDIR, NODE_V8_COVERAGE, PATH: `${dirname(process.execPath)}:${PATH}` }
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
}

/** Leaves no process behind if a test does not finish: Vitest ends its workers by SIGTERM. */
function killWithTests(child: ChildProcess) {
  const kill = () => child.kill('SIGKILL')
  const exit = () => process.exit(1)
  process.once('exit', kill).once('SIGTERM', exit).once('disconnect', exit)
  child.once('exit', () => process.off('exit', kill).off('SIGTERM', exit).off('disconnect', exit))
}
