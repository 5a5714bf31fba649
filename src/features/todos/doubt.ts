// A write that was answered with 503 may have been made all the same, and late: by a database that was frozen, or whose
// answer was lost. What is cached is then in doubt, but all that there is to show as long as the database is away.

import { setTimeout as sleep } from 'node:timers/promises'

export interface DoubtOptions {
  /** Rejects as long as the database is away. */
  ask(): Promise<unknown>
  /** Makes what is cached be read anew. */
  forget(): Promise<void>
  /** How long to wait before each question, in milliseconds. */
  pauseMs?: number
  /** How long the database may still be at what it had begun when it answers again, in milliseconds. */
  settleMs?: number
}

/** @returns what to call when there is doubt; it settles when what was in doubt has been forgotten */
export function createDoubt({ ask, forget, pauseMs = 1000, settleMs = 5000 }: DoubtOptions): () => Promise<void> {
  let settling: Promise<void> | undefined
  let doubts = 0

  return function doubt() {
    doubts += 1
    settling ??= settle().finally(() => {
      settling = undefined
    })
    return settling
  }

  /** What comes into doubt after the answer, as in a second outage, begins it again. */
  async function settle() {
    for (let settled = 0; settled < doubts; ) {
      do await sleep(pauseMs, undefined, { ref: false })
      while (!(await answers()))
      settled = doubts
      await forget()
      await sleep(settleMs, undefined, { ref: false })
      await forget()
    }
  }

  function answers(): Promise<boolean> {
    return ask().then(
      () => true,
      () => false,
    )
  }
}
