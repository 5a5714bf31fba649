// Starts a server as the platform would, by the command of the Procfile, so that every contender has the same flags.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readText } from '../change/text-files.ts'
import { onServerCore } from './machine.ts'
import { readUsage, type Usage } from './process-usage.ts'
import { openStdoutPipe, type StdoutPipe } from './stdout-pipe.ts'

const ROOT = new URL('../..', import.meta.url)

/** What the Procfile runs. */
export const SERVICE = 'src/main.ts web'

export interface ServerProcess extends AsyncDisposable {
  url: string
  stdout: StdoutPipe
  /** When the process was started, by performance.now(). */
  startedMs: number
  usage(): Usage
  alive(): boolean
  /** Sends SIGTERM. Settles with the exit code, or with null where a signal had to end it. */
  stop(): Promise<number | null>
}

export interface StartOptions {
  /** For the compile cache, and other temporary files. */
  directory: string
  env?: NodeJS.ProcessEnv
  /** A control group's list of processes, which the server joins before it starts. */
  joins?: string
}

/**
 * @param program what to run instead of `src/main.ts web`
 * @throws {Error} where it ends before it listens
 */
export async function startServer(
  program: string,
  { directory, env, joins: group }: StartOptions,
): Promise<ServerProcess> {
  const stdout = openStdoutPipe(directory)
  const enter = group ? `echo $$ > ${group} && ` : ''
  const [command = '', ...args] = [...onServerCore, 'sh', '-c', enter + commandFor(program)]

  const startedMs = performance.now()
  const child = spawn(command, args, {
    stdio: ['ignore', stdout.writer, 'inherit'],
    cwd: ROOT,
    // Without the rest of this environment: what is bound here would be bound there.
    env: { ...bareEnvironment(directory), PORT: '0', ...env },
  })
  closeSync(stdout.writer)
  const stop = createStop(child)

  return {
    url: `http://127.0.0.1:${await stdout.port}/`,
    stdout,
    startedMs,
    usage: () => readUsage(child.pid!),
    alive: () => child.exitCode === null && child.signalCode === null,
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      stdout.close()
    },
  }
}

function bareEnvironment(directory: string): NodeJS.ProcessEnv {
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`
  return { PATH: path, TMPDIR: directory, DATA_DIR: join(directory, 'data') }
}

/** Makes the migrations of a database, as `cf run-task` would. */
export function migrate(directory: string, env: NodeJS.ProcessEnv) {
  const options = { cwd: ROOT, env: { ...bareEnvironment(directory), ...env } }
  execFileSync(process.execPath, ['src/main.ts', 'migrate'], options)
}

/** Starts it twice: the first process leaves the compile cache that saves the second one time and some 20 MB. */
export async function startWarm(program: string, options: StartOptions): Promise<ServerProcess> {
  const first = await startServer(program, options)
  await first[Symbol.asyncDispose]()
  return startServer(program, options)
}

function commandFor(program: string): string {
  const command = /^web: (.+)$/m.exec(readText(fileURLToPath(new URL('Procfile', ROOT))))?.[1]
  if (!command?.endsWith(SERVICE)) throw new Error(`The Procfile's web process has to end with "${SERVICE}".`)
  return command.replace(SERVICE, program)
}

/** The time that Cloud Foundry leaves between SIGTERM and SIGKILL. */
const KILL_MS = 10_000

function createStop(child: ChildProcess) {
  const exited = once(child, 'exit')
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))

  return async function stop(): Promise<number | null> {
    child.kill('SIGTERM')
    const timer = setTimeout(kill, KILL_MS)
    await exited
    clearTimeout(timer)
    return child.exitCode
  }
}
