// Tells the log once that something fails, and once that it answers again.

import type { Log } from '../ports/log.ts'

export interface OutageLog {
  failed(error: unknown): void
  answered(): void
}

export interface OutageLogOptions {
  /**
   * What the lines tell. By default only the reason: the errors of many a client carry the command that failed, with its
   * arguments, and one of those may be the password.
   */
  facts?: (error?: unknown) => object
  /** Where some calls fail and others don't, the log is told of it no more often than this. */
  quietMs?: number
  now?: () => number
}

/** @param resource what it is that fails, for the log */
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

/** Several addresses that were tried in vain make an error without a message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name)
}
