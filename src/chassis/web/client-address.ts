// The address of the client, also behind proxies: for log lines and for the rate limit.

import type { IncomingMessage } from 'node:http'
import { isIP, type Socket } from 'node:net'

/**
 * The address that the outermost trusted proxy saw. Each proxy appends to X-Forwarded-For, so entries count from the
 * right, and those left of the trusted ones are only the client's claim.
 */
export function clientAddress({ headers, socket }: IncomingMessage, trustedHops: number): string {
  if (trustedHops === 0) return peerAddress(socket)
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',')
  const seen = forwarded.at(-trustedHops) ?? forwarded[0] ?? ''
  const address = withoutPort(seen.trim())
  return isIP(address) ? address : peerAddress(socket)
}

/** The other end of a connection; an IPv4 peer of an IPv6 socket is shown as IPv4. */
export const peerAddress = ({ remoteAddress }: Socket): string => remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'

/** Some load balancers write the client's port as well: 192.0.2.7:4711 or [2001:db8::7]:4711. */
const withoutPort = (seen: string) => /^\[(.+)\](?::\d+)?$/.exec(seen)?.[1] ?? seen.replace(/^([\d.]+):\d+$/, '$1')
