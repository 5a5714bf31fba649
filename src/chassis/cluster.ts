// Factor VIII, concurrency: several copies of the web process that share its port, for an instance with more than one
// core. The primary process serves no requests: it starts the copies, replaces those that end, and stops them. On Cloud
// Foundry more instances are the better choice, because each copy needs as much memory as an instance.

import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Registry } from 'prom-client'
import { collectFromCopies, exposeAllCopies, type MetricsFromPrimary } from './cluster-metrics.ts'
import { ConfigError } from './config.ts'
import { flagsOfCopies } from './heap-share.ts'
import { STOP_SIGNALS } from './lifecycle.ts'
import { exitOnBugs, handleProcessEvents } from './process-events.ts'
import type { ChassisRuntime } from './runtime.ts'
import type { ChassisConfig } from './settings.ts'

/** A copy that always ends immediately must not keep the machine busy with restarts. */
const RESTART_DELAY_MS = 1000

type FromPrimary = { stop: string } | MetricsFromPrimary

/** Whether this process supervises copies instead of serving. */
export const isPrimary = ({ WEB_CONCURRENCY }: ChassisConfig): boolean => WEB_CONCURRENCY > 1 && !cluster.isWorker

/** In the primary: resolves when the first copy listens, and rejects when a copy ends before that. */
export async function superviseCopies(runtime: ChassisRuntime): Promise<void> {
  const { config, log, lifecycle } = runtime
  const execArgv = flagsOfCopies(config.WEB_CONCURRENCY, process.execArgv, process.env.NODE_OPTIONS)
  cluster.setupPrimary({ execArgv })
  collectFromCopies(log)
  lifecycle.onStop('copies', stopCopies)
  process.once('exit', killCopies)
  handleProcessEvents(runtime)
  for (let copy = 0; copy < config.WEB_CONCURRENCY; copy++) cluster.fork()
  await firstListens(lifecycle.draining)

  cluster.on('exit', async (copy, code, signal) => {
    if (lifecycle.draining.aborted) return
    log.error({ copy: copy.process.pid, code, signal }, 'a copy ended and is replaced')
    await sleep(RESTART_DELAY_MS)
    if (!lifecycle.draining.aborted) cluster.fork()
  })
}

function firstListens(draining: AbortSignal): Promise<unknown> {
  const { promise: failed, reject } = Promise.withResolvers<never>()
  const fail = (_copy: Worker, code: number) => {
    // A copy that is stopped while it starts has not failed, and the others may have requests in flight.
    if (!draining.aborted) reject(new ConfigError([`a copy ended with code ${code}; see its own log line`]))
  }
  cluster.on('exit', fail)
  return Promise.race([once(cluster, 'listening'), failed]).finally(() => cluster.off('exit', fail))
}

async function stopCopies(reason: string) {
  const copies = running()
  const ended = copies.map((copy) => once(copy, 'exit'))
  // A copy that ends just now no longer takes the message, which is no error.
  for (const copy of copies) if (copy.isConnected()) copy.send({ stop: reason } satisfies FromPrimary, () => {})
  await Promise.all(ended)
}

/** A copy ends by itself when its primary is gone, but not while it is stopped or busy. */
function killCopies() {
  for (const copy of running()) copy.process.kill('SIGKILL')
}

const running = (): Worker[] => Object.values(cluster.workers ?? {}).filter((copy) => copy !== undefined)

/**
 * Stops the process on a signal from the platform or the terminal. A copy ignores signals and stops on a message from its
 * primary: signals may be sent to all processes at once, and a second request to stop ends a process at once.
 */
export function listenForStop(runtime: ChassisRuntime) {
  if (!cluster.isWorker) return handleProcessEvents(runtime)
  exitOnBugs(runtime)
  for (const signal of STOP_SIGNALS) process.on(signal, () => {})
  process.on('message', (message: FromPrimary) => {
    if (typeof message === 'object' && 'stop' in message) void runtime.lifecycle.stop(message.stop)
  })
}

/**
 * The metrics in Prometheus' text format. In a copy these are the metrics of all copies, because a scrape reaches only one.
 *
 * @returns a function that throws 503 while a copy does not report
 */
export const createExposition = (registry: Registry): (() => Promise<string>) =>
  cluster.isWorker ? exposeAllCopies(registry) : () => registry.metrics()
