// A circuit breaker. After a failure the resource is not called for a second; then a single call probes it, and if that
// succeeds, all calls go through again. So a dead or frozen server costs one time limit a second, not one a request.

import type { OutageLog } from './outage-log.ts'

const OPEN_MS = 1000

export interface CircuitBreaker {
  /**
   * @param ended receives the outcome; not called while the circuit is open
   * @returns undefined while the circuit is open, and where the call failed or took longer than the limit
   */
  attempt<Result>(call: () => Promise<Result>, ended?: Ended): Promise<{ result: Result } | undefined>
}

export type Ended = (outcome: 'ok' | 'error', durationMs: number) => void

export interface CircuitBreakerOptions {
  /** How long one attempt may take. */
  timeoutMs: number
  outages: OutageLog
  /** Whether the server itself replied with this error. That cost no waiting, so the circuit stays closed. */
  isReply?: (error: unknown) => boolean
  /** Called whenever the circuit opens. */
  opened?: () => void
  now?: () => number
}

export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const { timeoutMs, outages, isReply = () => false, opened = () => {}, now = () => performance.now() } = options
  let openUntilMs = Number.NEGATIVE_INFINITY
  let failing = false

  return {
    async attempt(call, ended) {
      const beganMs = now()
      if (beganMs < openUntilMs) return undefined
      // This attempt is the probe: until it has ended, no other call goes through.
      if (failing) openUntilMs = beganMs + OPEN_MS
      try {
        const result = await within(timeoutMs, call)
        ended?.('ok', now() - beganMs)
        closeCircuit()
        outages.answered()
        return { result }
      } catch (error) {
        ended?.('error', now() - beganMs)
        if (isReply(error)) closeCircuit()
        else openCircuit()
        outages.failed(error)
        return undefined
      }
    },
  }

  function closeCircuit() {
    failing = false
    openUntilMs = Number.NEGATIVE_INFINITY
  }

  function openCircuit() {
    failing = true
    openUntilMs = now() + OPEN_MS
    opened()
  }
}

/** If this process was too busy to read, the reply may be waiting already: pending input is read before giving up. */
function within<Result>(timeoutMs: number, call: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`There was no answer within ${timeoutMs} ms.`))
    const late = setTimeout(setImmediate, timeoutMs, giveUp)
    call()
      .then(resolve, reject)
      .finally(() => clearTimeout(late))
  })
}
