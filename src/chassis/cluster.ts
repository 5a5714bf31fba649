// Factor VIII, concurrency: several copies of the web process that share its port, for an instance with more than one
// core. The primary process serves no requests: it starts the copies, replaces those that end, and stops them. On Cloud
// Foundry more instances are the better choice, because each copy needs as much memory as an instance.

import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { AggregatorRegistry, type Registry } from 'prom-client'
import { ConfigError } from './config.ts'
import { STOP_SIGNALS } from './lifecycle.ts'
import { unavailable } from './problem.ts'
import { exitOnBugs, handleProcessEvents } from './process-events.ts'
import type { ChassisRuntime } from './runtime.ts'
import type { ChassisConfig } from './settings.ts'

/** A copy that always ends immediately must not keep the machine busy with restarts. */
const RESTART_DELAY_MS = 1000

const METRICS_REQUEST = 'metrics'
type FromPrimary = { stop: string } | { metrics: string | undefined }

/** Whether this process supervises copies instead of serving. */
export const isPrimary = ({ WEB_CONCURRENCY }: ChassisConfig): boolean => WEB_CONCURRENCY > 1 && !cluster.isWorker

/** In the primary: resolves when the first copy listens, and rejects when a copy ends before that. */
export async function superviseCopies(runtime: ChassisRuntime): Promise<void> {
  const { config, log, lifecycle } = runtime
  const aggregator = new AggregatorRegistry()
  lifecycle.onStop('copies', stopCopies)
  handleProcessEvents(runtime)
  for (let copy = 0; copy < config.WEB_CONCURRENCY; copy++) start()
  await firstListens(lifecycle.draining)

  cluster.on('exit', async (copy, code, signal) => {
    if (lifecycle.draining.aborted) return
    log.error({ copy: copy.process.pid, code, signal }, 'a copy ended and is replaced')
    await sleep(RESTART_DELAY_MS)
    if (!lifecycle.draining.aborted) start()
  })

  function start() {
    const copy = cluster.fork()
    copy.on('message', async (message) => {
      if (message !== METRICS_REQUEST) return
      send(copy, { metrics: await aggregator.clusterMetrics().catch(() => undefined) })
    })
  }
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
  const copies = Object.values(cluster.workers ?? {}).filter((copy) => copy !== undefined)
  const ended = copies.map((copy) => once(copy, 'exit'))
  for (const copy of copies) send(copy, { stop: reason })
  await Promise.all(ended)
}

function send(copy: Worker, message: FromPrimary) {
  if (copy.isConnected()) copy.send(message)
}

/**
 * Stops the process on a signal from the platform or the terminal. A copy ignores signals and stops on a message from its
 * primary: signals may be sent to all processes at once, and a second request to stop ends a process at once.
 */
export function listenForStop(runtime: ChassisRuntime) {
  if (!cluster.isWorker) return handleProcessEvents(runtime)
  exitOnBugs(runtime)
  for (const signal of STOP_SIGNALS) process.on(signal, () => {})
  process.on('message', (message: FromPrimary) => {
    if ('stop' in message) void runtime.lifecycle.stop(message.stop)
  })
}

/**
 * The metrics in Prometheus' text format. In a copy these are the metrics of all copies, because a scrape reaches only one.
 *
 * @returns a function that throws 503 while a copy does not answer
 */
export function createExposition(registry: Registry): () => Promise<string> {
  if (!cluster.isWorker) return () => registry.metrics()
  AggregatorRegistry.setRegistries(registry)
  new AggregatorRegistry() // Its constructor makes this process respond to the primary.
  let pending: Promise<string> | undefined

  return function exposeAllCopies() {
    pending ??= requestFromPrimary().finally(() => {
      pending = undefined
    })
    return pending
  }
}

async function requestFromPrimary(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const listen = (message: FromPrimary) => 'metrics' in message && resolve(message.metrics)
  process.on('message', listen)
  process.send?.(METRICS_REQUEST)
  const text = await promise.finally(() => process.off('message', listen))
  if (text === undefined) throw unavailable('Not every copy of the process reported its metrics in time.', 5)
  return text
}
