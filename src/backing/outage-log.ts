// Tells the log once that something fails, and once that it answers again. Only the reason is told: the errors of a client
// carry the command that failed, with its arguments, and one of those may be the password.

import type { Log } from '../chassis/log.ts'

export interface OutageLog {
  failed(error: unknown): void
  answered(): void
}

/** Where some calls fail and others don't, the log is told of it now and then. */
const QUIET_MS = 10_000

/** @param resource what it is that fails, for the log */
export function createOutageLog(log: Log, resource: string, now: () => number = () => performance.now()): OutageLog {
  let failing = false
  let quietUntilMs = Number.NEGATIVE_INFINITY

  return {
    failed(error) {
      if (failing || now() < quietUntilMs) return
      failing = true
      quietUntilMs = now() + QUIET_MS
      log.warn({ resource, reason: reasonOf(error) }, `${resource} fails`)
    },
    answered() {
      if (failing) log.info({ resource }, `${resource} answers again`)
      failing = false
    },
  }
}

/** Several addresses that were tried in vain make an error without a message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name)
}
