// Leaves alone what has failed: for a while nobody asks it, then one does, and if that goes well so do all. A dead
// server costs one time limit a second that way, not one for each request.

import { setTimeout as sleep } from 'node:timers/promises'

const PAUSE_MS = 1000

export interface Pause {
  /**
   * @returns undefined where it was not asked, failed or took longer than the limit
   */
  attempt<Result>(ask: () => Promise<Result>): Promise<{ result: Result } | undefined>
}

export interface PauseOptions {
  /** How long one attempt may take. */
  timeoutMs: number
  now?: () => number
}

export function createPause({ timeoutMs, now = () => performance.now() }: PauseOptions): Pause {
  let pausedUntilMs = Number.NEGATIVE_INFINITY
  let failing = false

  return {
    async attempt(ask) {
      if (now() < pausedUntilMs) return undefined
      // The others wait and see how this attempt goes.
      if (failing) pausedUntilMs = now() + PAUSE_MS
      try {
        const result = await within(timeoutMs, ask)
        failing = false
        pausedUntilMs = Number.NEGATIVE_INFINITY
        return { result }
      } catch {
        failing = true
        pausedUntilMs = now() + PAUSE_MS
        return undefined
      }
    },
  }
}

async function within<Result>(timeoutMs: number, ask: () => Promise<Result>): Promise<Result> {
  const over = new AbortController()
  const late = sleep(timeoutMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`There was no answer within ${timeoutMs} ms.`)
  })
  const asked = ask()
  // Whichever is not waited for any more may fail unheard.
  for (const promise of [late, asked]) promise.catch(() => {})
  return Promise.race([asked, late]).finally(() => over.abort())
}
