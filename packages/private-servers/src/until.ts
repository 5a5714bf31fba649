// Waits for what no event tells: it asks again and again, for a bounded time.

import { setTimeout as wait } from 'node:timers/promises'

const PAUSE_MS = 10

export interface UntilOptions {
  deadlineMs: number
  /** What the error says. */
  otherwise: () => string
}

/** @returns the first truthy answer */
export async function until<T>(ask: () => T | Promise<T>, { deadlineMs, otherwise }: UntilOptions) {
  const endMs = performance.now() + deadlineMs
  while (performance.now() < endMs) {
    const answer = await ask()
    if (answer) return answer
    await wait(PAUSE_MS)
  }
  throw new Error(otherwise())
}
