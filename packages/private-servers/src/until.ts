// Polls a condition that no event reports, for a bounded time.

import { setTimeout as wait } from 'node:timers/promises'

const INTERVAL_MS = 10

export interface UntilOptions {
  deadlineMs: number
  /** The message of the error. */
  otherwise: () => string
}

/** @returns the first truthy result */
export async function until<T>(condition: () => T | Promise<T>, { deadlineMs, otherwise }: UntilOptions) {
  const endMs = performance.now() + deadlineMs
  while (performance.now() < endMs) {
    const result = await condition()
    if (result) return result
    await wait(INTERVAL_MS)
  }
  throw new Error(otherwise())
}
