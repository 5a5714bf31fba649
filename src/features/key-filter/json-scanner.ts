// The grammar of RFC 8259 over bytes: each function checks one production that begins at `at`, and returns the offset
// after it or throws. Values are never built, so numbers keep their digits and nesting costs a byte a level.
// In valid UTF-8, bytes above 0x7f occur only inside strings, so the bytes of the grammar need no decoding.

import { unexpected } from './json-syntax-error.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const COLON = 0x3a
const BACKSLASH = 0x5c

const isSpace = classOf(' \t\n\r')
const isDigit = classOf('0123456789')
const isHexDigit = classOf('0123456789abcdefABCDEF')
const isSimpleEscape = classOf('"\\/bfnrt')
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH))

function classOf(characters: string): Uint8Array {
  const table = new Uint8Array(256)
  for (const byte of Buffer.from(characters)) table[byte] = 1
  return table
}

export function skipSpace(bytes: Buffer, at: number): number {
  while (isSpace[bytes[at]!] === 1) at++
  return at
}

export function skipString(bytes: Buffer, at: number): number {
  at++
  for (;;) {
    while (isPlain[bytes[at]!] === 1) at++
    if (bytes[at] === QUOTE) return at + 1
    if (bytes[at] !== BACKSLASH) throw unexpected(bytes, at, `'"'`)
    at = skipEscape(bytes, at + 1)
  }
}

function skipEscape(bytes: Buffer, at: number): number {
  if (isSimpleEscape[bytes[at]!] === 1) return at + 1
  if (bytes[at] !== 0x75) throw unexpected(bytes, at, 'an escape')
  for (let n = 0; n < 4; n++) {
    at++
    if (isHexDigit[bytes[at]!] !== 1) throw unexpected(bytes, at, 'hex')
  }
  return at + 1
}

function skipNumber(bytes: Buffer, at: number): number {
  if (bytes[at] === MINUS) at++
  at = bytes[at] === 0x30 ? at + 1 : skipDigits(bytes, at)
  if (bytes[at] === 0x2e) at = skipDigits(bytes, at + 1)
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    at++
    if (bytes[at] === MINUS || bytes[at] === 0x2b) at++
    at = skipDigits(bytes, at)
  }
  return at
}

function skipDigits(bytes: Buffer, at: number): number {
  if (isDigit[bytes[at]!] !== 1) throw unexpected(bytes, at, 'a digit')
  do at++
  while (isDigit[bytes[at]!] === 1)
  return at
}

function skipWord(bytes: Buffer, at: number, word: string): number {
  for (let n = 0; n < word.length; n++, at++) {
    if (bytes[at] !== word.charCodeAt(n)) throw unexpected(bytes, at, word)
  }
  return at
}

function skipScalar(bytes: Buffer, at: number): number {
  const byte = bytes[at]!
  if (byte === QUOTE) return skipString(bytes, at)
  if (isDigit[byte] === 1 || byte === MINUS) return skipNumber(bytes, at)
  if (byte === 0x74) return skipWord(bytes, at, 'true')
  if (byte === 0x66) return skipWord(bytes, at, 'false')
  if (byte === 0x6e) return skipWord(bytes, at, 'null')
  throw unexpected(bytes, at, 'a value')
}

/** From the key to the value */
export function skipKey(bytes: Buffer, at: number): number {
  if (bytes[at] !== QUOTE) throw unexpected(bytes, at, 'a key')
  at = skipSpace(bytes, skipString(bytes, at))
  if (bytes[at] !== COLON) throw unexpected(bytes, at, '":"')
  return skipSpace(bytes, at + 1)
}

export function skipValue(bytes: Buffer, at: number): number {
  const byte = bytes[at]
  return byte === 0x7b || byte === 0x5b ? skipNested(bytes, at) : skipScalar(bytes, at)
}

function skipNested(bytes: Buffer, at: number): number {
  let closers = new Uint8Array(64)
  let depth = 0
  for (;;) {
    const byte = bytes[at]
    if (byte === 0x7b || byte === 0x5b) {
      const closer = byte + 2
      at = skipSpace(bytes, at + 1)
      if (bytes[at] === closer) at++
      else {
        if (depth === closers.length) closers = grown(closers)
        closers[depth++] = closer
        if (closer === 0x7d) at = skipKey(bytes, at)
        continue
      }
    } else at = skipScalar(bytes, at)
    for (;;) {
      if (depth === 0) return at
      at = skipSpace(bytes, at)
      const next = bytes[at]
      const closer = closers[depth - 1]
      if (next === COMMA) {
        at = skipSpace(bytes, at + 1)
        if (closer === 0x7d) at = skipKey(bytes, at)
        break
      }
      if (next !== closer) throw unexpected(bytes, at, `"," or "${String.fromCharCode(closer!)}"`)
      depth--
      at++
    }
  }
}

function grown(stack: Uint8Array): Uint8Array {
  const larger = new Uint8Array(stack.length * 2)
  larger.set(stack)
  return larger
}
