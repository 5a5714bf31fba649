// The tokens of RFC 8259: each function validates the token that begins at `at`, and returns the offset after it or
// throws. The bytes are valid UTF-8, so those above 0x7f occur in strings only; they end with a zero, which no token has.

import { type JsonSyntaxError, jsonSyntaxError } from './json-syntax-error.ts'

const QUOTE = 0x22
const PLUS = 0x2b
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const BACKSLASH = 0x5c

const isSpace = tableOf(' \t\n\r')
const isDigit = tableOf('0123456789')
const isHexDigit = tableOf('0123456789abcdefABCDEF')
const isShortEscape = tableOf('"\\/bfnrt')

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256)
  for (const byte of Buffer.from(characters)) table[byte] = 1
  return table
}

export function unexpected(bytes: Buffer, at: number, expected: string): JsonSyntaxError {
  return jsonSyntaxError(bytes.subarray(0, -1), at, expected)
}

export function skipSpace(bytes: Buffer, at: number): number {
  while (isSpace[bytes[at]!] === 1) at++
  return at
}

export function skipScalar(bytes: Buffer, at: number): number {
  const byte = bytes[at]!
  if (byte === QUOTE) return skipString(bytes, at)
  if (isDigit[byte] === 1 || byte === MINUS) return skipNumber(bytes, at)
  if (byte === 0x74 /* t */) return skipWord(bytes, at, 'true')
  if (byte === 0x66 /* f */) return skipWord(bytes, at, 'false')
  if (byte === 0x6e /* n */) return skipWord(bytes, at, 'null')
  throw unexpected(bytes, at, 'a value')
}

export function skipString(bytes: Buffer, at: number): number {
  let byte = bytes[++at]!
  for (;;) {
    while (byte !== QUOTE && byte !== BACKSLASH && byte >= 0x20) byte = bytes[++at]!
    if (byte === QUOTE) return at + 1
    if (byte !== BACKSLASH)
      throw unexpected(bytes, at, 'the string to continue or end (control characters must be escaped)')
    at = skipEscape(bytes, at + 1)
    byte = bytes[at]!
  }
}

function skipEscape(bytes: Buffer, at: number): number {
  if (isShortEscape[bytes[at]!] === 1) return at + 1
  if (bytes[at] !== 0x75 /* u */) throw unexpected(bytes, at, 'one of "\\/bfnrtu after a backslash')
  const end = at + 5
  while (++at < end)
    if (isHexDigit[bytes[at]!] === 0) throw unexpected(bytes, at, 'four hexadecimal digits after "\\u"')
  return end
}

function skipNumber(bytes: Buffer, at: number): number {
  if (bytes[at] === MINUS) at++
  at = bytes[at] === ZERO ? at + 1 : skipDigits(bytes, at)
  if (bytes[at] === POINT) at = skipDigits(bytes, at + 1)
  if (bytes[at] !== 0x65 /* e */ && bytes[at] !== 0x45 /* E */) return at
  at++
  if (bytes[at] === MINUS || bytes[at] === PLUS) at++
  return skipDigits(bytes, at)
}

function skipDigits(bytes: Buffer, at: number): number {
  if (isDigit[bytes[at]!] === 0) throw unexpected(bytes, at, 'a digit')
  while (isDigit[bytes[at]!] === 1) at++
  return at
}

function skipWord(bytes: Buffer, at: number, word: string): number {
  for (let n = 0; n < word.length; n++, at++) {
    if (bytes[at] !== word.charCodeAt(n)) throw unexpected(bytes, at, `the rest of "${word}"`)
  }
  return at
}
