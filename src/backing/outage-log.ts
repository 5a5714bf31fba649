// Logs when something begins to fail, and when it works again: once each, not for every failing call. As long as calls
// fail and succeed in turn, the outage lasts.

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
  /** The end is logged when no call has failed for this long since one succeeded. */
  steadyMs?: number
  /** An outage is logged no more often than this. */
  quietMs?: number
  now?: () => number
}

/** @param resource the subject of the log messages, such as `Redis` */
export function createOutageLog(log: Log, resource: string, options: OutageLogOptions = {}): OutageLog {
  const { facts = factsOf(resource), steadyMs = 10_000, quietMs = 10_000, now = () => performance.now() } = options
  let failing = false
  let quietUntilMs = Number.NEGATIVE_INFINITY
  let ending: NodeJS.Timeout | undefined

  return {
    failed(error) {
      clearTimeout(ending)
      ending = undefined
      if (failing || now() < quietUntilMs) return
      failing = true
      quietUntilMs = now() + quietMs
      log.warn(facts(error), `${resource} fails`)
    },
    answered() {
      if (!failing) return
      if (steadyMs === 0) end()
      else ending ??= setTimeout(end, steadyMs).unref()
    },
  }

  function end() {
    ending = undefined
    failing = false
    log.info(facts(), `${resource} answers again`)
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
