// What all private servers have in common: a process in the background that can be killed, frozen and restarted on its
// port, and that leaves nothing behind.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { serverAccount } from './account.ts'
import type { GuardedFolder } from './guarded-folder.ts'
import { freezeTree, killTree, readTree, signalTree, untilGone } from './process-tree.ts'
import { until } from './until.ts'

export interface PrivateServer extends ServerProcess {
  host: string
  port: number
  /** As DATABASE_URL, REDIS_URL, MEMCACHED_URL and AMQP_URL take it. */
  url: string
  /** As a broker writes them into VCAP_SERVICES. */
  credentials: Record<string, string | number>
}

export interface ServerProcess extends AsyncDisposable {
  folder: string
  /** Of the server with all of its helpers; empty where it is not running. */
  pids(): number[]
  /** Since it was opened. */
  log(): string
  signal(name: NodeJS.Signals): void
  /** Ends all of its processes at once, as `kill -9` does. */
  kill(): Promise<void>
  /** It goes on to accept connections, as the system does this for it, but answers nothing once this has settled. */
  freeze(): Promise<void>
  thaw(): void
  /** Lets it shut down by itself. */
  stop(): Promise<void>
  /** On the same port, with the data that it kept, whether it is running or not. */
  restart(): Promise<void>
}

export interface ServerPlan {
  name: string
  folder: GuardedFolder
  port: number
  command: readonly [program: string, ...args: string[]]
  env?: Record<string, string>
  /** What its log says when it is ready, for one that accepts connections before. */
  ready?: RegExp
  stopSignal: NodeJS.Signals
  /** What the watchdog tells it first, where SIGKILL would leave something behind. */
  lastSignal?: NodeJS.Signals
  startMs?: number
}

export const HOST = '127.0.0.1'
const START_MS = 60_000
const STOP_MS = 60_000

/** Both are what "localhost" can mean; the second one is not everywhere. */
export const loopback = (): string[] => {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return [HOST, ...addresses.map(({ address }) => address).filter((address) => address === '::1')]
}

/** Settles when the server answers. */
export async function startServer(plan: ServerPlan): Promise<ServerProcess> {
  const { name, folder } = plan
  const logFile = join(folder.path, 'server.log')
  closeSync(openSync(logFile, 'a'))
  const log = () => readFileSync(logFile, 'utf8')
  let child = await start()
  const pids = () => (hasEnded(child) ? [] : readTree(child.pid!))

  return {
    folder: folder.path,
    pids,
    log,
    signal: (signal) => void child.kill(signal),
    async kill() {
      if (!hasEnded(child)) await killTree(child.pid!)
    },
    async freeze() {
      if (!hasEnded(child)) await freezeTree(child.pid!)
    },
    thaw: () => signalAll('SIGCONT'),
    stop,
    async restart() {
      await stop()
      child = await start()
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }

  async function start(): Promise<ChildProcess> {
    const told = log().length
    const started = spawnServer(plan, logFile)
    await once(started, 'spawn')
    folder.guard(started.pid!, plan.lastSignal)
    started.once('exit', () => folder.release(started.pid!))
    await until(() => answers(started, log().slice(told)), {
      deadlineMs: plan.startMs ?? START_MS,
      otherwise: () => `${name} does not answer on port ${plan.port}. Its log:\n${log()}`,
    })
    return started
  }

  async function answers(started: ChildProcess, recentLog: string) {
    const { exitCode, signalCode } = started
    if (hasEnded(started))
      throw new Error(`${name} has ended with ${exitCode ?? signalCode}. Its log:
${log()}`)
    return (plan.ready?.test(recentLog) ?? true) && accepts(plan.port)
  }

  async function stop() {
    const running = pids()
    if (running.length === 0) return
    signalAll('SIGCONT')
    child.kill(plan.stopSignal)
    await untilGone(running, STOP_MS).catch((cause) => {
      throw new Error(`${name} does not stop. Its log:\n${log()}`, { cause })
    })
  }

  function signalAll(signal: NodeJS.Signals) {
    if (!hasEnded(child)) signalTree(child.pid!, signal)
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

function spawnServer({ command: [program, ...args], env, folder }: ServerPlan, logFile: string): ChildProcess {
  const output = openSync(logFile, 'a')
  const child = spawn(program, args, {
    cwd: folder.path,
    env: { PATH: process.env.PATH, HOME: folder.path, TMPDIR: folder.path, LC_ALL: 'C', ...env },
    stdio: ['ignore', output, output],
    detached: true,
    ...serverAccount(),
  })
  closeSync(output)
  // It does not keep a script alive that has forgotten to dispose of it.
  child.unref()
  return child
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, HOST)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
