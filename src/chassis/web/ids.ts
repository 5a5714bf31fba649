// Who asks, and under which names: the ids that tie a request's log lines together, and the client's address.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP, type Socket } from 'node:net'
import type { RequestContext } from '../context.ts'

const REQUEST_ID = /^[\w.:+/=-]{1,128}$/
const TRACEPARENT = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}/

/**
 * Cloud Foundry's router overwrites X-Vcap-Request-Id and logs it, so its line and ours can be joined; elsewhere a
 * proxy's X-Request-Id serves. The trace id is that of a W3C traceparent, if the caller sent a valid one.
 */
export function readIds({ headers }: IncomingMessage): RequestContext {
  const given = headers['x-vcap-request-id'] ?? headers['x-request-id']
  const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
  const traceId = headers.traceparent && TRACEPARENT.exec(String(headers.traceparent))?.[1]
  return traceId ? { requestId, traceId } : { requestId }
}

/**
 * The client's address: what the outermost trusted proxy saw. Each proxy appends to X-Forwarded-For, so entries count
 * from the right, and those left of the trusted ones are the client's own claim.
 */
export function clientAddress({ headers, socket }: IncomingMessage, trustedHops: number): string {
  if (trustedHops === 0) return peerAddress(socket)
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',')
  const seen = forwarded.at(-trustedHops) ?? forwarded[0] ?? ''
  const address = withoutPort(seen.trim())
  return isIP(address) ? address : peerAddress(socket)
}

/** Who is at the other end of a connection; an IPv4 peer of an IPv6 socket is shown as what it is. */
export const peerAddress = ({ remoteAddress }: Socket): string => remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'

/** Some load balancers write the client's port as well: 192.0.2.7:4711 or [2001:db8::7]:4711. */
const withoutPort = (seen: string) => /^\[(.+)\](?::\d+)?$/.exec(seen)?.[1] ?? seen.replace(/^([\d.]+):\d+$/, '$1')
