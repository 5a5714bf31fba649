// Events of the process itself: signals from the platform or the terminal, and uncaught errors.

import type { Runtime } from '../ports/runtime.ts'
import { flushSoon, STOP_SIGNALS } from './lifecycle.ts'

/** Stops gracefully on SIGTERM and SIGINT; exits on a bug. */
export function handleProcessEvents(runtime: Runtime<unknown>) {
  for (const signal of STOP_SIGNALS) process.on(signal, () => runtime.lifecycle.stop(signal))
  exitOnBugs(runtime)
}

/** After an uncaught error the state of the process is unknown, so the error is logged and the process exits. */
export function exitOnBugs({ log, sink }: Runtime<unknown>) {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.once(event, async (error) => {
      log.fatal({ error }, `ended by a bug: ${event}`)
      await flushSoon(sink)
      process.exit(1)
    })
  }
}
