// Stands by a private server: when the process that opened it closes the pipe to here, by intention or by its death, the
// watchdog ends the server and removes the folder. A line is the number of a process with the signal to end it by first,
// or with "ended" where there is nothing more to do.

import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { killTree, readTree, signalProcess, signalTree, untilGone } from './process-tree.ts'

const [folder = ''] = process.argv.slice(2)
const PATIENCE_MS = 3000

let server: { pid: number; signal: NodeJS.Signals } | undefined
for await (const line of createInterface({ input: process.stdin })) {
  const [pid, told] = line.split(' ')
  if (told !== 'ended') server = { pid: Number(pid), signal: told as NodeJS.Signals }
  else if (server?.pid === Number(pid)) server = undefined
}
try {
  if (server) await end(server)
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

async function end({ pid, signal }: { pid: number; signal: NodeJS.Signals }) {
  const pids = readTree(pid)
  if (signal !== 'SIGKILL') {
    signalTree(pid, 'SIGCONT')
    signalProcess(pid, signal)
    await untilGone(pids, PATIENCE_MS).catch(() => {})
  }
  await killTree(pid)
}
