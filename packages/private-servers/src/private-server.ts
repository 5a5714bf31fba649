// What all private servers have in common: a background process that can be killed, frozen and restarted on its port,
// and that is removed completely.

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
  /** In the form of DATABASE_URL, REDIS_URL, MEMCACHED_URL or AMQP_URL. */
  url: string
  /** As a service broker writes them into VCAP_SERVICES. */
  credentials: Record<string, string | number>
}

export interface ServerProcess extends AsyncDisposable {
  folder: string
  /** The ids of the server's processes; empty if it is not running. */
  pids(): number[]
  /** Its output since it was opened. */
  log(): string
  signal(name: NodeJS.Signals): void
  /** Ends all of its processes at once, like `kill -9`. */
  kill(): Promise<void>
  /** Settles when the server no longer responds. The system still accepts connections for it. */
  freeze(): Promise<void>
  thaw(): void
  /** Shuts the server down gracefully. */
  stop(): Promise<void>
  /** Restarts the server on the same port with its persisted data, whether it is running or not. */
  restart(): Promise<void>
}

export interface ServerPlan {
  name: string
  folder: GuardedFolder
  port: number
  command: readonly [program: string, ...args: string[]]
  env?: Record<string, string>
  /** The log line of a server that is ready, if it accepts connections before. */
  ready?: RegExp
  stopSignal: NodeJS.Signals
  /** The signal that the watchdog sends first, if SIGKILL would leave resources behind. */
  lastSignal?: NodeJS.Signals
  startMs?: number
}

export const HOST = '127.0.0.1'
const START_MS = 60_000
const STOP_MS = 60_000

/** The addresses of "localhost". Some systems have no IPv6 address. */
export const loopback = (): string[] => {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return [HOST, ...addresses.map(({ address }) => address).filter((address) => address === '::1')]
}

/** Settles when the server responds. */
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
    const logLength = log().length
    const started = spawnServer(plan, logFile)
    await once(started, 'spawn')
    folder.guard(started.pid!, plan.lastSignal)
    started.once('exit', () => folder.release(started.pid!))
    await until(() => isReady(started, log().slice(logLength)), {
      deadlineMs: plan.startMs ?? START_MS,
      otherwise: () => `${name} does not respond on port ${plan.port}. Its log:\n${log()}`,
    })
    return started
  }

  async function isReady(started: ChildProcess, recentLog: string) {
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
  // A script that does not dispose of its server can still end.
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
