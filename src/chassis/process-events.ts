// Events of the process itself: signals from the platform or the terminal, and uncaught errors.

import type { Runtime } from '../ports/runtime.ts'
import { flushSoon, STOP_SIGNALS } from './lifecycle.ts'

/** No platform reports the end of a parent; its id changes, except on Windows. */
const PARENT_CHECK_MS = 500

/** Stops gracefully on a signal, and with `npm start`; exits on a bug. */
export function handleProcessEvents(runtime: Runtime<unknown>) {
  for (const signal of STOP_SIGNALS) process.on(signal, () => runtime.lifecycle.stop(signal))
  if (process.env.npm_lifecycle_event === 'start') stopWithParent(runtime)
  exitOnBugs(runtime)
}

/**
 * npm passes SIGTERM to the shell that it runs a script in, and the shell ends without passing it on. The process would keep
 * its port. `exec` in the script would be simpler, but the shell of Windows does not have it.
 */
function stopWithParent({ lifecycle }: Runtime<unknown>) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    void lifecycle.stop('the end of npm start')
  }, PARENT_CHECK_MS).unref()
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
