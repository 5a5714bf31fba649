// A process with all that it has started, because one signal has to reach all: PostgreSQL gives each of its processes a
// group of its own.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { until } from './until.ts'

interface ListedProcess {
  pid: number
  parent: number
  state: string
}

const STILL_MS = 60_000
const GONE_MS = 60_000

/** The process and its descendants; empty where it has ended. */
export function readTree(pid: number): number[] {
  const running = listRunning()
  const withChildren = (parent: number): number[] => [
    parent,
    ...running.filter((process) => process.parent === parent).flatMap((process) => withChildren(process.pid)),
  ]
  return running.some((process) => process.pid === pid) ? withChildren(pid) : []
}

export function signalTree(pid: number, signal: NodeJS.Signals): number[] {
  const pids = readTree(pid)
  for (const each of pids) signalProcess(each, signal)
  return pids
}

/**
 * Stops the process and its descendants, and settles when they stand still. The signal alone is not enough: one thread
 * has to run to stop the others, and on a busy machine these go on answering until it does.
 */
export async function freezeTree(pid: number): Promise<void> {
  const moving = () => signalTree(pid, 'SIGSTOP').filter((each) => !standsStill(each))
  const otherwise = () => `After ${STILL_MS} ms the processes ${moving()} still do not stand still.`
  await until(() => moving().length === 0, { deadlineMs: STILL_MS, otherwise })
}

/** Ends the process and its descendants at once, and settles when they are gone. */
export async function killTree(pid: number): Promise<void> {
  // What stands still starts no more processes while they are counted.
  await freezeTree(pid)
  await untilGone(signalTree(pid, 'SIGKILL'))
}

export async function untilGone(pids: number[], deadlineMs = GONE_MS): Promise<void> {
  const rest = () => listRunning().filter(({ pid }) => pids.includes(pid))
  const otherwise = () => `After ${deadlineMs} ms the processes ${rest().map(({ pid }) => pid)} are still there.`
  await until(() => rest().length === 0, { deadlineMs, otherwise })
}

const hasProc = existsSync('/proc/self/stat')

const listRunning = () => (hasProc ? listProc('/proc') : listPs()).filter(isRunning)

/**
 * What has ended but was not yet asked for its exit code is not running. Where only its main thread has ended it is: the
 * others keep its files and ports until they have ended as well.
 */
const isRunning = ({ pid, state }: ListedProcess) => state !== 'Z' || readFolder(`/proc/${pid}/task`).length > 1

/** Whether all of its threads are stopped, which Linux tells of each. */
function standsStill(pid: number): boolean {
  const threads = hasProc ? listProc(`/proc/${pid}/task`) : listPs().filter((process) => process.pid === pid)
  return threads.every(({ state }) => 'TZ'.includes(state))
}

function listProc(folder: string): ListedProcess[] {
  return readFolder(folder)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(`${folder}/${name}/stat`))
}

/** Empty where the process has ended. */
function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readStat(file: string): ListedProcess[] {
  try {
    // The name of the program stands in parentheses, and may hold any character.
    const [, pid, state = '', parent] = /^(\d+) .*\) (\S) (\d+) /s.exec(readFileSync(file, 'utf8')) ?? []
    return [{ pid: Number(pid), parent: Number(parent), state }]
  } catch {
    return []
  }
}

function listPs(): ListedProcess[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n')
  return lines.map((line) => {
    const [pid, parent, state = ''] = line.trim().split(/\s+/)
    return { pid: Number(pid), parent: Number(parent), state: state.charAt(0) }
  })
}

/** Does nothing where it has ended. */
export function signalProcess(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
