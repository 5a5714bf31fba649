// Leaves alone what has failed: for a while nobody asks it, then one does, and if that goes well so do all. A dead or
// frozen server costs one time limit a second that way, not one for each request.

import type { OutageLog } from './outage-log.ts'

const PAUSE_MS = 1000

export interface Pause {
  /**
   * @param ended told how it went, unless nobody was asked
   * @returns undefined where nobody was asked, and where it failed or took longer than the limit
   */
  attempt<Result>(ask: () => Promise<Result>, ended?: Ended): Promise<{ result: Result } | undefined>
}

export type Ended = (outcome: 'ok' | 'error', durationMs: number) => void

export interface PauseOptions {
  /** How long one attempt may take. */
  timeoutMs: number
  outages: OutageLog
  /** Whether this error came as an answer: then asking goes on, since it costs no waiting. */
  isAnswer?: (error: unknown) => boolean
  /** Told of every other error. */
  failed?: () => void
  now?: () => number
}

export function createPause(options: PauseOptions): Pause {
  const { timeoutMs, outages, isAnswer = () => false, failed = () => {}, now = () => performance.now() } = options
  let pausedUntilMs = Number.NEGATIVE_INFINITY
  let failing = false

  return {
    async attempt(ask, ended) {
      const beganMs = now()
      if (beganMs < pausedUntilMs) return undefined
      // The others wait and see how this attempt goes.
      if (failing) pausedUntilMs = beganMs + PAUSE_MS
      try {
        const result = await within(timeoutMs, ask)
        ended?.('ok', now() - beganMs)
        goOn()
        outages.answered()
        return { result }
      } catch (error) {
        ended?.('error', now() - beganMs)
        if (isAnswer(error)) goOn()
        else pause()
        outages.failed(error)
        return undefined
      }
    },
  }

  function goOn() {
    failing = false
    pausedUntilMs = Number.NEGATIVE_INFINITY
  }

  function pause() {
    failing = true
    pausedUntilMs = now() + PAUSE_MS
    failed()
  }
}

/** Where this process was too busy to look, the answer may have come in time: so what has come is read first. */
function within<Result>(timeoutMs: number, ask: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`There was no answer within ${timeoutMs} ms.`))
    const late = setTimeout(setImmediate, timeoutMs, giveUp)
    ask()
      .then(resolve, reject)
      .finally(() => clearTimeout(late))
  })
}
