// Starts a process in a container, as the platform does: with its own network and its own /home, without privileges,
// and with an environment that inherits nothing.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, constants, cpSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { LogFormat } from '../cli/settings.ts'
import { type LogReader, readLog } from '../logs/log-reader.ts'
import type { ProcessPlan, PushPlan } from '../manifest/push-plan.ts'
import { platform } from '../platform/platform.ts'
import type { Droplet } from '../staging/droplet.ts'
import type { Workplace } from '../staging/workplace.ts'
import type { Cell, Container } from './cell.ts'
import { type Bindings, type InstanceFacts, launchEnvironment } from './environment.ts'
import { LAUNCHER, SETUP } from './launch-scripts.ts'
import { killAll, membersOf } from './members.ts'

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
  outOfMemory: boolean
}

export interface Instance extends AsyncDisposable {
  /** For messages: `web/0`. */
  name: string
  index: number
  guid: string
  address: string
  port: number
  pid: number
  plan: ProcessPlan
  stdout: LogReader
  stderr: LogReader
  exited: Promise<Exit>
  running(): boolean
  /** Sends SIGTERM to the main process only. */
  terminate(): void
  /** The processes that still run in the container. */
  members(): number[]
  peakMb(): number | undefined
}

export interface LaunchContext {
  /** The folder of the application, which is hidden from the container. */
  from: string
  plan: PushPlan
  droplet: Droplet
  cell: Cell
  workplace: Workplace
  bindings?: Bindings | undefined
  fileBindings: boolean
  logs: LogFormat
  /** Disposes of the instance when the rehearsal ends, and includes its log in the checks. */
  track(instance: Instance): Instance
}

export interface LaunchOptions {
  index?: number
  isTask?: boolean
}

export async function launch(
  process: ProcessPlan,
  context: LaunchContext,
  options: LaunchOptions = {},
): Promise<Instance> {
  const { index = 0, isTask } = options
  const container = await context.cell.openContainer(process.memoryMb)
  const folder = prepareFolder(container, context)
  const guid = randomUUID()
  const env = environmentFor(process, container, folder, context, { guid, index, isTask })

  const [stdout, stderr] = [openPipe(join(folder, 'stdout')), openPipe(join(folder, 'stderr'))]
  const [program = '', ...args] = commandLine(container, folder, context, process.command)
  // In its own process group, so that Ctrl-C reaches only the rehearsal.
  const stdio = ['ignore', stdout.writer, stderr.writer] as const
  const user = container.namespace ? {} : context.workplace.user
  const child = spawn(program, args, { env, cwd: folder, detached: true, stdio: [...stdio], ...user })
  for (const { writer } of [stdout, stderr]) closeSync(writer)
  return watch(child, container, { folder, index, guid, plan: process }, [stdout.reader, stderr.reader], context)
}

function environmentFor(
  process: ProcessPlan,
  { namespace, address, port }: Container,
  folder: string,
  { plan, droplet, bindings, fileBindings }: LaunchContext,
  known: Pick<InstanceFacts, 'guid' | 'index' | 'isTask'>,
) {
  const home = namespace ? '/home/vcap' : folder
  return launchEnvironment(plan, process, {
    ...known,
    address,
    port,
    version: randomUUID(),
    home: `${home}/app`,
    tmp: `${home}/tmp`,
    deps: namespace ? `${home}/deps` : droplet.deps,
    bindings,
    bindingsFile: bindings && fileBindings ? writeBindings(bindings, folder, home) : undefined,
  })
}

interface Known {
  folder: string
  index: number
  guid: string
  plan: ProcessPlan
}

function watch(
  child: ChildProcess,
  container: Container,
  known: Known,
  streams: [Socket, Socket],
  context: LaunchContext,
): Instance {
  const { folder, index, guid, plan } = known
  const logs = { format: context.logs, version: context.plan.env.VERSION }
  const members = () => membersOf(container.memory?.processes, child.pid!)
  const kill = () => {
    child.kill('SIGKILL') // It may not have joined its memory group yet.
    return killAll(members)
  }
  process.once('exit', kill)
  const exited = once(child, 'exit').then(([code, signal]) => ({
    code,
    signal,
    outOfMemory: (container.memory?.kills() ?? 0) > 0,
  }))
  exited.catch(() => {})

  return {
    name: `${plan.type}/${index}`,
    index,
    guid,
    address: container.address,
    port: container.port,
    pid: child.pid!,
    plan,
    stdout: readLog(streams[0], { name: 'stdout', ...logs }),
    stderr: readLog(streams[1], { name: 'stderr', ...logs }),
    exited,
    running: () => child.exitCode === null && child.signalCode === null,
    terminate: () => void child.kill('SIGTERM'),
    members,
    peakMb: () => container.memory && Math.round(container.memory.peakMb()),
    async [Symbol.asyncDispose]() {
      await kill()
      await exited
      process.off('exit', kill)
      for (const stream of streams) stream.destroy()
      container[Symbol.dispose]()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Each container gets its own copy of the application. */
function prepareFolder(container: Container, { droplet, workplace }: LaunchContext): string {
  const folder = workplace.makeFolder('containers', container.id)
  for (const name of ['tmp', 'logs', 'deps']) workplace.makeFolder('containers', container.id, name)
  copyOwned(droplet.app, join(folder, 'app'), workplace)
  cpSync(droplet.profile, join(folder, 'profile.d'), { recursive: true })
  return folder
}

function copyOwned(from: string, to: string, { user }: Workplace) {
  execFileSync('cp', ['-R', from, to])
  if (user.uid !== undefined) execFileSync('chown', ['-Rh', `${user.uid}:${user.uid}`, to])
}

function writeBindings(bindings: Bindings, folder: string, home: string): string {
  writeFileSync(join(folder, 'vcap_services'), JSON.stringify(bindings))
  return `${home}/vcap_services`
}

/** The platform reads output from a pipe. Node would give the child a socket. */
function openPipe(path: string) {
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, constants.O_WRONLY)
  rmSync(path)
  return { reader: new Socket({ fd: reader, readable: true, writable: false }), writer }
}

function commandLine(
  { namespace, memory }: Container,
  folder: string,
  context: LaunchContext,
  command: string,
): string[] {
  if (!namespace) return ['bash', '-c', LAUNCHER, 'launcher', command, 'app']
  const user = String(platform.userId)
  const limits = [String(platform.openFiles), String(platform.processes)]
  const setup = [
    'bash',
    '-c',
    SETUP,
    'setup',
    memory?.processes ?? '/dev/null',
    folder,
    context.droplet.deps,
    user,
    ...limits,
  ]
  return ['nsenter', `--net=/run/netns/${namespace}`, 'unshare', '--mount', ...setup, LAUNCHER, command, context.from]
}
