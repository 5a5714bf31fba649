// The rate limit of this process alone.

import type { Quota } from '../ports/operations.ts'

/** How many clients are remembered at once; beyond it the window starts anew, which forgives rather than refuses. */
const MAX_CLIENTS = 100_000

export interface MemoryRateLimiter {
  take(client: string): Quota
}

export interface MemoryRateLimiterOptions {
  /** Told when all clients are forgotten before their minute is over. */
  forgave?: () => void
  /** Milliseconds since any fixed moment. */
  now?: () => number
}

/** A fixed window of a minute, counted in this process. */
export function createMemoryRateLimiter(
  perMinute: number,
  { forgave = () => {}, now = () => performance.now() }: MemoryRateLimiterOptions = {},
): MemoryRateLimiter {
  const counts = new Map<string, number>()
  let windowEndsMs = 0

  return {
    take(client) {
      if (now() >= windowEndsMs || counts.size >= MAX_CLIENTS) {
        if (now() < windowEndsMs) forgave()
        counts.clear()
        windowEndsMs = now() + 60_000
      }
      const count = (counts.get(client) ?? 0) + 1
      counts.set(client, count)
      return { remaining: perMinute - count, resetSeconds: Math.ceil((windowEndsMs - now()) / 1000) }
    },
  }
}
