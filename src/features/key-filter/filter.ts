// The members of a JSON object whose key begins with "a" or "A", byte for byte as received. No value is parsed: a
// JavaScript number would turn 12345678901234567890 into 12345678901234567000 and 1.10 into 1.1.

import { isUtf8 } from 'node:buffer'
import { scanObject } from './json-scanner.ts'
import { notUtf8 } from './json-syntax-error.ts'

/** The bytes of a member in the body: from the first byte of its key up to, but without, `end`. */
interface Range {
  start: number
  end: number
}

/**
 * Keeps the top-level members whose key begins with "a" or "A": `{"a" : 1.10, "b": 2, "A": [ ]}` becomes
 * `{"a" : 1.10,"A":[ ]}`. White space is kept inside a member, and removed around it.
 *
 * Keys are compared after decoding, so `"\u0061"` is kept and is a duplicate of `"a"`. Of duplicates the last is kept, in
 * the position of the first, as by `JSON.parse`.
 *
 * @throws {JsonSyntaxError} if the body is not UTF-8 or not a JSON object (RFC 8259), or begins with a byte order mark.
 */
export function filterKeys(body: Uint8Array): Buffer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (!isUtf8(bytes)) throw notUtf8(bytes)
  const wanted = new Map<string, Range>()
  scanObject(bytes, (start, keyEnd, end) => {
    // A Map also keeps the last value in the position of the first.
    if (beginsWithA(bytes, start)) wanted.set(decodeKey(bytes, start, keyEnd), { start, end })
  })
  return joinMembers(bytes, wanted)
}

function beginsWithA(bytes: Buffer, keyStart: number): boolean {
  const first = bytes[keyStart + 1]
  if (first === 0x5c /* \ */) return /^\\u00[46]1/.test(bytes.toString('latin1', keyStart + 1, keyStart + 7))
  return first === 0x61 /* a */ || first === 0x41 /* A */
}

function decodeKey(bytes: Buffer, keyStart: number, keyEnd: number): string {
  const spelled = bytes.toString('utf8', keyStart + 1, keyEnd - 1)
  return spelled.includes('\\') ? JSON.parse(`"${spelled}"`) : spelled
}

function joinMembers(bytes: Buffer, members: Map<string, Range>): Buffer {
  if (members.size === 0) return Buffer.from('{}')
  let size = 1
  for (const { start, end } of members.values()) size += end - start + 1
  const joined = Buffer.allocUnsafe(size)
  joined[0] = 0x7b /* { */
  let at = 1
  for (const { start, end } of members.values()) {
    at += bytes.copy(joined, at, start, end)
    joined[at++] = 0x2c /* , */
  }
  joined[size - 1] = 0x7d /* } */
  return joined
}
