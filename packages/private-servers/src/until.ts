// Polls a condition that no event reports, for a bounded time.

import { setTimeout as wait } from 'node:timers/promises'

const INTERVAL_MS = 10

/** Shorter than the limit of a test, so that a test can fail by the condition that does not come true. */
const DEADLINE_MS = 90_000

export interface UntilOptions {
  /** By default generous enough for a busy machine. */
  deadlineMs?: number
  /** The message of the error. */
  otherwise: () => string
}

/** @returns the first truthy result */
export async function until<T>(condition: () => T | Promise<T>, { deadlineMs = DEADLINE_MS, otherwise }: UntilOptions) {
  const endMs = performance.now() + deadlineMs
  while (performance.now() < endMs) {
    const result = await condition()
    if (result) return result
    await wait(INTERVAL_MS)
  }
  throw new Error(otherwise())
}
