// Ids that sort by time: UUIDs of version 7 (RFC 9562, 5.7). Their order is that of creation, so the primary key is also
// the index that pages are read by.

import { randomFillSync } from 'node:crypto'

const COUNTER_BITS = 12

/** @param now milliseconds since 1970 */
export function createIdMaker(now: () => number = Date.now): () => string {
  const bytes = Buffer.alloc(16)
  let lastMs = 0
  let counter = 0

  /** Each is greater than those before, also within a millisecond, and when the clock is set back. */
  return function makeId() {
    randomFillSync(bytes)
    const nowMs = now()
    if (nowMs > lastMs) {
      lastMs = nowMs
      // The upper half of the range stays free to count in.
      counter = bytes.readUInt16BE(6) >> (16 - COUNTER_BITS + 1)
    } else {
      counter += 1
    }
    if (counter >> COUNTER_BITS) {
      lastMs += 1
      counter = 0
    }
    bytes.writeUIntBE(lastMs, 0, 6)
    bytes.writeUInt16BE((7 << COUNTER_BITS) | counter, 6)
    bytes[8] = 0x80 | (bytes[8]! & 0x3f)
    return formatId(bytes)
  }
}

/** When the id was made, as RFC 3339 in UTC. */
export const timeOf = (id: string): string =>
  new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString()

/** The 16 bytes of a UUID as text. */
export function formatId(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
