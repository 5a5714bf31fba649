// Logs when something begins to fail, and when it works again: once each, not for every failing call.

import type { Log } from '../ports/log.ts'

export interface OutageLog {
  failed(error: unknown): void
  answered(): void
}

export interface OutageLogOptions {
  /**
   * The fields of the log lines. By default only the reason: errors of some clients carry the failed command with its
   * arguments, which may include the password.
   */
  facts?: (error?: unknown) => object
  /** Where calls fail and succeed in turn, an outage is logged no more often than this. */
  quietMs?: number
  now?: () => number
}

/** @param resource the subject of the log messages, such as `Redis` */
export function createOutageLog(log: Log, resource: string, options: OutageLogOptions = {}): OutageLog {
  const { facts = factsOf(resource), quietMs = 10_000, now = () => performance.now() } = options
  let failing = false
  let quietUntilMs = Number.NEGATIVE_INFINITY

  return {
    failed(error) {
      if (failing || now() < quietUntilMs) return
      failing = true
      quietUntilMs = now() + quietMs
      log.warn(facts(error), `${resource} fails`)
    },
    answered() {
      if (failing) log.info(facts(), `${resource} answers again`)
      failing = false
    },
  }
}

const factsOf = (resource: string) => (error?: unknown) => ({
  resource,
  ...(error !== undefined && { reason: reasonOf(error) }),
})

/** An AggregateError, as after trying several addresses, has no message of its own. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name)
}
