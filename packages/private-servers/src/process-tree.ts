// Signals a process with its descendants. A process group is not enough, because PostgreSQL puts each of its processes
// into a group of its own.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { until } from './until.ts'

interface ListedProcess {
  pid: number
  parent: number
  state: string
}

const STOPPED_MS = 60_000
const GONE_MS = 60_000

/** The process and its descendants; empty if it has ended. */
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
 * Stops the process and its descendants, and settles when all of their threads are stopped. On a busy machine threads
 * may run for a while after the signal, because one thread of the process has to run to stop the others.
 */
export async function freezeTree(pid: number): Promise<void> {
  const moving = () => signalTree(pid, 'SIGSTOP').filter((each) => !isStopped(each))
  const otherwise = () => `After ${STOPPED_MS} ms the processes ${moving()} are not stopped.`
  await until(() => moving().length === 0, { deadlineMs: STOPPED_MS, otherwise })
}

/** Kills the process and its descendants, and settles when they have ended. */
export async function killTree(pid: number): Promise<void> {
  // A stopped process cannot start others while the tree is read.
  await freezeTree(pid)
  await untilGone(signalTree(pid, 'SIGKILL'))
}

export async function untilGone(pids: number[], deadlineMs = GONE_MS): Promise<void> {
  const rest = () => listRunning().filter(({ pid }) => pids.includes(pid))
  const otherwise = () => `After ${deadlineMs} ms the processes ${rest().map(({ pid }) => pid)} still run.`
  await until(() => rest().length === 0, { deadlineMs, otherwise })
}

const hasProc = existsSync('/proc/self/stat')

const listRunning = () => (hasProc ? listProc('/proc') : listPs()).filter(isRunning)

/**
 * A zombie is not running, unless only its main thread has ended: the other threads keep the files and ports of the
 * process open.
 */
const isRunning = ({ pid, state }: ListedProcess) => state !== 'Z' || readFolder(`/proc/${pid}/task`).length > 1

/** Whether all threads of the process are stopped; Linux reports the state of each. */
function isStopped(pid: number): boolean {
  const threads = hasProc ? listProc(`/proc/${pid}/task`) : listPs().filter((process) => process.pid === pid)
  return threads.every(({ state }) => 'TZ'.includes(state))
}

function listProc(folder: string): ListedProcess[] {
  return readFolder(folder)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(`${folder}/${name}/stat`))
}

/** Empty if the process has ended. */
function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readStat(file: string): ListedProcess[] {
  try {
    // The name of the program is in parentheses and may contain any character.
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

/** Does nothing if the process has ended. */
export function signalProcess(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
