// The address of the client, also behind proxies: for log lines and for the rate limit. Each client has one spelling.

import type { IncomingMessage } from 'node:http'
import { isIPv4, isIPv6, type Socket } from 'node:net'

/**
 * The address that the outermost trusted proxy saw. Each proxy appends to X-Forwarded-For, so entries count from the
 * right, and those left of the trusted ones are only the client's claim.
 */
export function clientAddress({ headers, socket }: IncomingMessage, trustedHops: number): string {
  if (trustedHops === 0) return peerAddress(socket)
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',')
  const seen = forwarded.at(-trustedHops) ?? forwarded[0] ?? ''
  return canonicalAddress(seen.trim()) ?? peerAddress(socket)
}

/** The other end of a connection; an IPv4 peer of an IPv6 socket is shown as IPv4. */
export function peerAddress({ remoteAddress }: Socket): string {
  if (!remoteAddress) return 'unknown'
  if (remoteAddress.startsWith('::ffff:')) return remoteAddress.slice(7)
  // The kernel spells all others in one way.
  if (!remoteAddress.startsWith('64:ff9b:') && !remoteAddress.includes('%')) return remoteAddress
  return canonicalAddress(remoteAddress) ?? remoteAddress
}

/**
 * One spelling for all of an address: IPv4 as such, also where an IPv6 address only carries it, and IPv6 as in RFC 5952.
 *
 * @param given maybe quoted, in brackets, with a port, or with the zone of a link-local address
 * @returns undefined if it is not an address
 */
export function canonicalAddress(given: string): string | undefined {
  if (isIPv4(given)) return given
  const bare = withoutPort(given)
  if (isIPv6(bare)) return carriedIPv4(compress(bare))
  // Some proxies pad numbers with zeros. They are decimal all the same; only C libraries read them as octal.
  const unpadded = bare.replace(/(^|\.)0+(?=\d)/g, '$1')
  return isIPv4(unpadded) ? unpadded : undefined
}

/** What counts as one client: an IPv4 address or, because one IPv6 client usually has a whole /64 to send from, that /64. */
export function clientNetwork(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  return [...groups, ...Array(missing).fill('0')].slice(0, 4).join(':')
}

/** Some load balancers write the client's port as well: 192.0.2.7:4711 or [2001:db8::7]:4711, in quotes after RFC 7239. */
function withoutPort(given: string): string {
  const unquoted = given.replace(/^"(.*)"$/, '$1')
  return /^\[(.+)\](?::\d+)?$/.exec(unquoted)?.[1] ?? unquoted.replace(/^([\d.]+):\d+$/, '$1')
}

/** In lower case, without leading zeros, the longest run of zeros as `::`; without a zone, which differs by machine. */
function compress(address: string): string {
  return new URL(`http://[${address.split('%', 1)[0]}]`).hostname.slice(1, -1)
}

/** Mapped (RFC 4291, 2.5.5.2), translated by SIIT (RFC 2765, 2.1), or behind NAT64 (RFC 6052, 2.1). */
const CARRIER = /^(?:::ffff:(?:0:)?|64:ff9b::)([\da-f]{1,4}):([\da-f]{1,4})$/

function carriedIPv4(address: string): string {
  const [match, ...groups] = CARRIER.exec(address) ?? []
  return match === undefined ? address : groups.flatMap(bytesOf).join('.')
}

function bytesOf(group: string): number[] {
  const value = Number.parseInt(group, 16)
  return [value >> 8, value & 255]
}
