import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { freezeTree, killTree, signalTree } from './process-tree.ts'

/** A thread for each of the numbers, and the main one, with nothing to do but to count. */
const BUSY = `
  const { Worker } = require('node:worker_threads')
  for (let turn = 0; turn < 8; turn++) new Worker('for (;;);', { eval: true })
  setTimeout(() => { console.log('busy'); for (;;); }, 200)`

const hasThreads = existsSync('/proc/self/task')

test.skipIf(!hasThreads)('what has been frozen stands still at once, with all of its threads', async () => {
  await using busy = new AsyncDisposableStack()
  const child = spawn(process.execPath, ['-e', BUSY], { stdio: ['ignore', 'pipe', 'inherit'] })
  busy.defer(() => killTree(child.pid!))
  await once(child.stdout, 'data')

  for (let turn = 0; turn < 5; turn++) {
    await freezeTree(child.pid!)
    const whenFrozen = processorTime(child.pid!)
    await sleep(50)
    expect(processorTime(child.pid!)).toBe(whenFrozen)
    signalTree(child.pid!, 'SIGCONT')
  }
})

/** Nanoseconds that all threads of a process have had so far. */
function processorTime(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const times = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  return times.reduce((sum, time) => sum + Number(time), 0)
}
