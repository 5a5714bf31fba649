// Refuses early and cheaply what the service can't or won't do: more requests at once than it can work on (load
// shedding), and more a minute than one client may make (rate limit).

import type { RequestHandler } from 'express'
import type { RateLimiter } from '../../ports/operations.ts'
import { Problem, unavailable } from '../problem.ts'
import type { ChassisConfig } from '../settings.ts'
import { clientAddress } from './ids.ts'

/** Probes and scrapes are answered in any case: refusing them would have the platform kill a busy instance. */
const EXEMPT = /^\/(health\/(live|ready)|metrics)\/?$/

/** @param inFlight the answers that are being worked on, this request's included */
export function createLoadShedder(inFlight: ReadonlySet<unknown>, max: number): RequestHandler {
  return function shedLoad(req, _res, next) {
    if (inFlight.size > max && !EXEMPT.test(req.path)) throw unavailable('The service is busy.', 1)
    next()
  }
}

/** Tells a client its quota by the RateLimit fields of draft-ietf-httpapi-ratelimit-headers, and refuses beyond it. */
export function createRateLimit(
  limiter: RateLimiter,
  { RATE_LIMIT_PER_MINUTE: perMinute, TRUST_PROXY_HOPS: trustedHops }: ChassisConfig,
): RequestHandler {
  return async function limitRate(req, res, next) {
    if (EXEMPT.test(req.path)) return next()
    const { remaining, resetSeconds } = await limiter.take(clientNetwork(clientAddress(req, trustedHops)))
    res.setHeader('ratelimit-policy', `"client";q=${perMinute};w=60`)
    res.setHeader('ratelimit', `"client";r=${Math.max(remaining, 0)};t=${resetSeconds}`)
    if (remaining < 0) {
      throw new Problem(429, `You may make ${perMinute} requests a minute.`, {
        headers: { 'retry-after': String(resetSeconds) },
      })
    }
    next()
  }
}

/** One IPv6 client has a whole /64 to send from, so that is what counts as the client. */
function clientNetwork(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = address.split('::')
  const groups = head.split(':')
  const missing = address.includes('::') ? 8 - groups.length - (tail ? tail.split(':').length : 0) : 0
  return [...groups, ...Array(missing).fill('0')].slice(0, 4).join(':')
}
