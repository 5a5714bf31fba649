// Starts a container with a process of the Procfile, as the platform does: in its own network, its own view of /home,
// without rights, and with an environment that inherits nothing.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, constants, cpSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Cell, Room } from './cell.ts'
import type { Droplet } from './droplet.ts'
import { type Bindings, type InstanceFacts, launchEnvironment } from './environment.ts'
import { LAUNCHER, SETUP } from './launch-scripts.ts'
import { type LogReader, readLog } from './log-reader.ts'
import { killAll, membersOf } from './members.ts'
import { platform } from './platform.ts'
import type { ProcessPlan, PushPlan } from './push-plan.ts'
import type { Workplace } from './workplace.ts'

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
  /** Sends SIGTERM to the main process, and to nobody else. */
  terminate(): void
  /** The processes that are still in the container. */
  members(): number[]
  peakMb(): number | undefined
}

export interface LaunchParts {
  /** The folder that is pushed. */
  from: string
  plan: PushPlan
  droplet: Droplet
  cell: Cell
  workplace: Workplace
  bindings?: Bindings | undefined
  fileBindings: boolean
}

export interface LaunchOptions {
  index?: number
  isTask?: boolean
}

export async function launch(process: ProcessPlan, parts: LaunchParts, options: LaunchOptions = {}): Promise<Instance> {
  const { index = 0, isTask } = options
  const room = await parts.cell.openRoom(process.memoryMb)
  const folder = furnish(room, parts)
  const guid = randomUUID()
  const env = environmentFor(process, room, folder, parts, { guid, index, isTask })

  const [stdout, stderr] = [openPipe(join(folder, 'stdout')), openPipe(join(folder, 'stderr'))]
  const [program = '', ...args] = commandLine(room, folder, parts, process.command)
  // A group of its own, so that Ctrl-C reaches nobody but the rehearsal.
  const stdio = ['ignore', stdout.writer, stderr.writer] as const
  const user = room.namespace ? {} : parts.workplace.user
  const child = spawn(program, args, { env, cwd: folder, detached: true, stdio: [...stdio], ...user })
  for (const { writer } of [stdout, stderr]) closeSync(writer)
  return watch(child, room, { folder, index, guid, plan: process }, [stdout.reader, stderr.reader], parts)
}

function environmentFor(
  process: ProcessPlan,
  { namespace, address, port }: Room,
  folder: string,
  { plan, droplet, bindings, fileBindings }: LaunchParts,
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

function watch(child: ChildProcess, room: Room, known: Known, streams: [Socket, Socket], parts: LaunchParts): Instance {
  const { folder, index, guid, plan } = known
  const members = () => membersOf(room.memory?.processes, child.pid!)
  const kill = () => {
    child.kill('SIGKILL') // It may not have joined its group yet.
    return killAll(members)
  }
  process.once('exit', kill)
  const exited = once(child, 'exit').then(([code, signal]) => ({
    code,
    signal,
    outOfMemory: (room.memory?.kills() ?? 0) > 0,
  }))
  exited.catch(() => {})

  return {
    name: `${plan.type}/${index}`,
    index,
    guid,
    address: room.address,
    port: room.port,
    pid: child.pid!,
    plan,
    stdout: readLog(streams[0], 'stdout', parts.plan.env.VERSION),
    stderr: readLog(streams[1], 'stderr', parts.plan.env.VERSION),
    exited,
    running: () => child.exitCode === null && child.signalCode === null,
    terminate: () => void child.kill('SIGTERM'),
    members,
    peakMb: () => room.memory && Math.round(room.memory.peakMb()),
    async [Symbol.asyncDispose]() {
      await kill()
      await exited
      process.off('exit', kill)
      for (const stream of streams) stream.destroy()
      room[Symbol.dispose]()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Each container has a copy of the application of its own, as it was uploaded. */
function furnish(room: Room, { droplet, workplace }: LaunchParts): string {
  const folder = workplace.makeFolder('containers', room.id)
  for (const name of ['tmp', 'logs', 'deps']) workplace.makeFolder('containers', room.id, name)
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

/** A pipe, as on the platform; what Node gives a child is a socket. */
function openPipe(path: string) {
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, constants.O_WRONLY)
  rmSync(path)
  return { reader: new Socket({ fd: reader, readable: true, writable: false }), writer }
}

function commandLine({ namespace, memory }: Room, folder: string, parts: LaunchParts, command: string): string[] {
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
    parts.droplet.deps,
    user,
    ...limits,
  ]
  return ['nsenter', `--net=/run/netns/${namespace}`, 'unshare', '--mount', ...setup, LAUNCHER, command, parts.from]
}
