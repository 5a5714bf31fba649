// The Prometheus registry of a process. Names follow the conventions of Prometheus: snake case, base units, _total.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { LogSink } from '../ports/log.ts'
import type { Release, Timed } from '../ports/runtime.ts'

/** A registry with the metrics of the process itself. */
export function createRegistry({ name, version, commit }: Release, sink: LogSink): Registry {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  // Gauges that end in _total violate the conventions, and the same numbers exist by type.
  for (const each of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${each}_total`)

  const labelNames = ['name', 'version', 'commit']
  new Gauge({ name: 'app_info', help: 'The release that is running.', labelNames, registers, aggregator: 'first' })
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
  return registry
}

export function createTimed(registry: Registry): Timed {
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
