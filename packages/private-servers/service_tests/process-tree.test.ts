import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { freezeTree, killTree, signalTree } from 'private-servers/process-tree'
import { expect, test } from 'vitest'

/** Listens, and keeps nine threads busy. */
const BUSY = `
  const { Worker } = require('node:worker_threads')
  for (let thread = 0; thread < 8; thread++) new Worker('for (;;);', { eval: true })
  const server = require('node:net').createServer().listen(0, '127.0.0.1')
  setTimeout(() => { console.log(server.address().port); for (;;); }, 200)`

const hasThreads = existsSync('/proc/self/task')

test.skipIf(!hasThreads)('all threads of a frozen process are stopped', async () => {
  await using busy = await startBusy()

  for (let turn = 0; turn < 5; turn++) {
    await freezeTree(busy.pid)
    const whenFrozen = processorTime(busy.pid)
    await sleep(50)
    expect(processorTime(busy.pid)).toBe(whenFrozen)
    signalTree(busy.pid, 'SIGCONT')
  }
})

test('the port of a killed process is free at once', async () => {
  for (let turn = 0; turn < 5; turn++) {
    await using busy = await startBusy()

    await killTree(busy.pid)

    const successor = createServer().listen(busy.port, '127.0.0.1')
    await once(successor, 'listening')
    successor.close()
  }
})

async function startBusy() {
  const child = spawn(process.execPath, ['-e', BUSY], { stdio: ['ignore', 'pipe', 'inherit'] })
  const pid = child.pid!
  await using starting = new AsyncDisposableStack()
  starting.defer(() => killTree(pid))
  const [port] = await once(child.stdout, 'data')
  const started = starting.move()
  return { pid, port: Number(port), [Symbol.asyncDispose]: () => started.disposeAsync() }
}

/** The processor time of all threads of a process, in nanoseconds. */
function processorTime(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const times = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  return times.reduce((sum, time) => sum + Number(time), 0)
}
