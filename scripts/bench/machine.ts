// How the benchmark uses this machine: one core for the server and the others for the load, which wrk makes if it is
// there.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { delimiter, join } from 'node:path'

const isInstalled = (command: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)))

export const hasWrk = isInstalled('wrk')

const cores = availableParallelism()
const pins = cores > 1 && isInstalled('taskset')

/** The beginning of a command that runs a server on the first core, which nothing else uses. */
export const onServerCore = pins ? ['taskset', '--cpu-list', '0'] : []

/** Moves this process, and what it starts from now on, away from the server's core. */
export function leaveServerCore() {
  if (pins) spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', `1-${cores - 1}`, String(process.pid)])
}

/** Called before the benchmark begins, because the load at that time disturbs the figures. */
export function describeMachine(): string {
  const layout = pins
    ? 'the server has one of them, everything else the rest'
    : 'taskset is missing, so nothing is pinned'
  const generator = hasWrk ? 'wrk' : 'the generator in scripts/bench/load, because wrk is missing'
  const model = cpus()[0]?.model.trim() || process.arch
  return (
    `Node ${process.version} on ${cores} × ${model}; ${layout}. The load is made by ${generator}. ` +
    `The load average before was ${loadavg()[0]!.toFixed(1)}.`
  )
}
