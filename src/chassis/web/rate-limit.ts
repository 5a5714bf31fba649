// Limits how many requests a minute one client may make, where RATE_LIMIT_PER_MINUTE is set.

import type { RequestHandler } from 'express'
import type { RateLimiter } from '../../ports/operations.ts'
import { Problem } from '../problem.ts'
import type { ChassisConfig } from '../settings.ts'
import { clientAddress, clientNetwork } from './client-address.ts'
import { isExempt } from './exempt-paths.ts'

/** Reports the quota in the RateLimit fields of draft-ietf-httpapi-ratelimit-headers, and rejects what exceeds it. */
export function createRateLimit(
  limiter: RateLimiter,
  { RATE_LIMIT_PER_MINUTE: perMinute, TRUST_PROXY_HOPS: trustedHops }: ChassisConfig,
): RequestHandler {
  return async function limitRate(req, res, next) {
    if (isExempt(req.path)) return next()
    const { remaining, resetSeconds } = await limiter.take(clientNetwork(clientAddress(req, trustedHops)))
    res.setHeader('ratelimit-policy', `"client";q=${perMinute};w=60`)
    res.setHeader('ratelimit', `"client";r=${Math.max(remaining, 0)};t=${resetSeconds}`)
    if (remaining < 0) {
      throw new Problem(429, `A client may make ${perMinute} requests per minute.`, {
        headers: { 'retry-after': String(resetSeconds) },
      })
    }
    next()
  }
}
