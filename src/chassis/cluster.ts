// Factor VIII, concurrency: several copies of the web process that share its port, for an instance with more than one
// core. The primary serves nothing itself: it starts the copies, replaces those that end, and stops them. On Cloud
// Foundry more instances are the better choice, for each copy needs the memory of an instance.

import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { AggregatorRegistry, type Registry } from 'prom-client'
import { ConfigError } from './config.ts'
import { createLifecycle, type Lifecycle, listenToSignals } from './lifecycle.ts'
import type { Log } from './log.ts'
import type { LogSink } from './log-sink.ts'
import { unavailable } from './problem.ts'
import type { ChassisConfig } from './settings.ts'

/** A copy that ends at once every time must not keep the machine busy with starting it. */
const RESTART_DELAY_MS = 1000

const TELL_METRICS = 'tell metrics'
type FromPrimary = { stop: string } | { metrics: string | undefined }

export const isCopy: boolean = cluster.isWorker

/** In the primary: settles when the first copy listens, and rejects when one ends before. */
export async function superviseCopies(config: ChassisConfig, log: Log, sink: LogSink): Promise<void> {
  const aggregator = new AggregatorRegistry()
  // The copies drain, each for itself; the primary has nothing to drain, and tells them at once.
  const lifecycle = createLifecycle(log, sink, { ...config, DRAIN_SECONDS: 0 })
  lifecycle.onStop('copies', stopCopies)
  listenToSignals(lifecycle)
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
      if (message === TELL_METRICS) send(copy, { metrics: await aggregator.clusterMetrics().catch(() => undefined) })
    })
  }
}

function firstListens(draining: AbortSignal): Promise<unknown> {
  const { promise: failed, reject } = Promise.withResolvers<never>()
  const fail = (_copy: Worker, code: number) => {
    // A copy that was told to stop while it started is no failure: the others may have requests in flight.
    if (!draining.aborted) reject(new ConfigError([`a copy ended with code ${code}; it has told why`]))
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
 * In a copy: stops when the primary says so. Signals are left to the primary, since a platform or a terminal may send
 * them to all processes at once, and whatever came second would count as impatience.
 */
export function listenToPrimary(lifecycle: Lifecycle) {
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {})
  process.on('message', (message: FromPrimary) => {
    if ('stop' in message) void lifecycle.stop(message.stop)
  })
}

/** In a copy: the metrics of all copies, since a request reaches only one of them. */
export function createSharedMetrics(registry: Registry): () => Promise<string> {
  AggregatorRegistry.setRegistries(registry)
  new AggregatorRegistry() // Makes this process answer when the primary asks all copies.
  let asked: Promise<string> | undefined

  return function tellMetrics() {
    asked ??= askPrimary().finally(() => {
      asked = undefined
    })
    return asked
  }
}

async function askPrimary(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const listen = (message: FromPrimary) => 'metrics' in message && resolve(message.metrics)
  process.on('message', listen)
  process.send?.(TELL_METRICS)
  const text = await promise.finally(() => process.off('message', listen))
  if (text === undefined) throw unavailable('Not every copy of the process told its metrics in time.', 5)
  return text
}
