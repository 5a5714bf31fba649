// Ends a private server and removes its folder when stdin closes, which happens at the latest when the process that
// opened the server ends. A line on stdin is the id of the server process with the signal to send first, or with
// "ended" if the process needs no signal any more.

import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { killTree, readTree, signalProcess, signalTree, untilGone } from './process-tree.ts'

const [folder = ''] = process.argv.slice(2)
const STOP_MS = 3000

let server: { pid: number; signal: NodeJS.Signals } | undefined
for await (const line of createInterface({ input: process.stdin })) {
  const [pid, signal] = line.split(' ')
  if (signal !== 'ended') server = { pid: Number(pid), signal: signal as NodeJS.Signals }
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
    await untilGone(pids, STOP_MS).catch(() => {})
  }
  await killTree(pid)
}
