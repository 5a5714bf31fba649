// What Prometheus is told, in one registry a process. Names follow its conventions: snake case, base units, _total.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { createSharedMetrics, isCopy } from './cluster.ts'
import type { LogSink } from './log-sink.ts'
import type { Release } from './release.ts'

export interface Metrics {
  registry: Registry
  timed: Timed
  /** What Prometheus is told, in its text format: of all copies of the process, where there are several. */
  tell(): Promise<string>
}

/**
 * Wraps a function so that each call is timed in `function_duration_seconds{function,outcome}`. What it returns or
 * throws is unchanged; of an async function the time until its promise settles is taken.
 */
export type Timed = <Args extends unknown[], Result>(
  name: string,
  fn: (...args: Args) => Result,
) => (...args: Args) => Result

export function createMetrics({ name, version, commit }: Release, sink: LogSink): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  // Gauges that end in _total are against the conventions, and the same gauges by type are there as well.
  for (const each of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${each}_total`)

  const labelNames = ['name', 'version', 'commit']
  new Gauge({ name: 'app_info', help: 'What is running.', labelNames, registers, aggregator: 'first' })
    .labels(name, version, commit)
    .set(1)

  new Counter({
    name: 'log_lines_dropped_total',
    help: 'Log lines that were dropped because the reader of stdout had stalled.',
    registers,
    collect() {
      this.reset()
      this.inc(sink.dropped())
    },
  })

  const tell = isCopy ? createSharedMetrics(registry) : () => registry.metrics()
  return { registry, timed: createTimed(registry), tell }
}

function createTimed(registry: Registry): Timed {
  const durations = new Histogram({
    name: 'function_duration_seconds',
    help: 'How long calls of timed functions took.',
    labelNames: ['function', 'outcome'],
    registers: [registry],
  })

  return (name, fn) =>
    function timed(...args) {
      const stop = durations.startTimer({ function: name })
      try {
        const result = fn(...args)
        if (result instanceof Promise) observeSettled(result, stop)
        else stop({ outcome: 'ok' })
        return result
      } catch (error) {
        stop({ outcome: 'error' })
        throw error
      }
    }
}

function observeSettled(promise: Promise<unknown>, stop: (labels: { outcome: string }) => void) {
  promise.then(
    () => stop({ outcome: 'ok' }),
    () => stop({ outcome: 'error' }),
  )
}
