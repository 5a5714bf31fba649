// The rate limit of this process alone.

import type { Quota } from '../chassis/web/limit.ts'

/** How many clients are remembered at once; beyond it the window starts anew, which forgives rather than refuses. */
const MAX_CLIENTS = 100_000

export interface MemoryRateLimiter {
  take(client: string): Quota
}

/** A fixed window of a minute, counted in this process. @param now milliseconds since any fixed moment */
export function createMemoryRateLimiter(
  perMinute: number,
  now: () => number = () => performance.now(),
): MemoryRateLimiter {
  const counts = new Map<string, number>()
  let windowEndsMs = 0

  return {
    take(client) {
      if (now() >= windowEndsMs || counts.size >= MAX_CLIENTS) {
        counts.clear()
        windowEndsMs = now() + 60_000
      }
      const count = (counts.get(client) ?? 0) + 1
      counts.set(client, count)
      return { remaining: perMinute - count, resetSeconds: Math.ceil((windowEndsMs - now()) / 1000) }
    },
  }
}
