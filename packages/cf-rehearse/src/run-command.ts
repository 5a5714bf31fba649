// Runs a program to its end. Its environment contains only the given variables.

import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface CommandOptions {
  cwd: string
  env: Record<string, string>
  uid?: number
  gid?: number
  /** After this time the program is killed. */
  timeoutMs?: number
}

export interface Result {
  ok: boolean
  /** Whether the program was killed because of the time limit. */
  late: boolean
  /** stdout and stderr. */
  output: string
}

export async function runCommand(command: string, args: string[], options: CommandOptions): Promise<Result> {
  const { timeoutMs = 15 * 60_000, ...rest } = options
  const child = spawn(command, args, {
    ...rest,
    detached: true, // Ctrl-C reaches only the rehearsal, which then kills the program with its descendants.
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => printed.push(text))
  const kill = () => killGroup(child.pid)
  const endings = ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP']
  for (const ending of endings) process.on(ending, kill)
  let late = false
  const timer = setTimeout(() => {
    late = true
    kill()
  }, timeoutMs)
  try {
    const [code] = await once(child, 'close')
    return { ok: code === 0, late, output: printed.join('') }
  } finally {
    clearTimeout(timer)
    for (const ending of endings) process.off(ending, kill)
  }
}

function killGroup(id: number | undefined) {
  try {
    if (id !== undefined) process.kill(-id, 'SIGKILL')
  } catch {} // It has already ended.
}

/** The last lines of an output, for a message. */
export const endOf = (output: string, lines = 12): string => output.trim().split('\n').slice(-lines).join('\n  ')
