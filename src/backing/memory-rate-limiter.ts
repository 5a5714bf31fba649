// The rate limit of this process alone.

import type { Quota } from '../ports/operations.ts'

/** How many clients are counted at once. One more resets all counts: a client may get more than its quota, not less. */
const MAX_CLIENTS = 100_000

export interface MemoryRateLimiter {
  take(client: string): Quota
}

export interface MemoryRateLimiterOptions {
  /** Called when too many clients reset the counts before the window is over. */
  overflowed?: () => void
  /** Milliseconds since any fixed moment. */
  now?: () => number
}

/** Fixed windows of a minute. */
export function createMemoryRateLimiter(
  perMinute: number,
  { overflowed = () => {}, now = () => performance.now() }: MemoryRateLimiterOptions = {},
): MemoryRateLimiter {
  const counts = new Map<string, number>()
  let windowEndsMs = 0

  return {
    take(client) {
      if (now() >= windowEndsMs || counts.size >= MAX_CLIENTS) {
        if (now() < windowEndsMs) overflowed()
        counts.clear()
        windowEndsMs = now() + 60_000
      }
      const count = (counts.get(client) ?? 0) + 1
      counts.set(client, count)
      return { remaining: perMinute - count, resetSeconds: Math.ceil((windowEndsMs - now()) / 1000) }
    },
  }
}
