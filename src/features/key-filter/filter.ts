import { isUtf8 } from 'node:buffer'
import { skipKey, skipSpace, skipString, skipValue } from './json-scanner.ts'
import { notUtf8, unexpected } from './json-syntax-error.ts'

interface Range { start: number; end: number }

export function filterKeys(body: Uint8Array): Buffer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (!isUtf8(bytes)) throw notUtf8(bytes)
  return join(bytes, findMembers(bytes))
}

function findMembers(bytes: Buffer): Map<string, Range> {
  const found = new Map<string, Range>()
  let at = skipSpace(bytes, 0)
  if (bytes[at] !== 0x7b) throw unexpected(bytes, at, 'an object')
  at = skipSpace(bytes, at + 1)
  if (bytes[at] === 0x7d) at++
  else for (;;) {
    const start = at
    const end = skipValue(bytes, skipKey(bytes, at))
    if (isWanted(bytes, start + 1)) found.set(decodeKey(bytes, start), { start, end })
    at = skipSpace(bytes, end)
    if (bytes[at] === 0x7d) { at++; break }
    if (bytes[at] !== 0x2c) throw unexpected(bytes, at, '"," or "}"')
    at = skipSpace(bytes, at + 1)
  }
  while (at < bytes.length) { 
    if (skipSpace(bytes, at) === at) throw unexpected(bytes, at, 'end')
    at++
  }
  return found
}

function isWanted(bytes: Buffer, at: number) {
  const b = bytes[at]!
  if (b === 0x5c) { const t = bytes.latin1Slice(at, at + 6); return t === '\\u0061' || t === '\\u0041' }
  return b === 0x61 || b === 0x41
}

function decodeKey(bytes: Buffer, start: number): string {
  const text = bytes.utf8Slice(start, skipString(bytes, start))
  return text.includes('\\') ? JSON.parse(text) : text
}

function join(bytes: Buffer, members: Map<string, Range>) {
  let size = 2
  for (const { start, end } of members.values()) size += end - start + 1
  if (members.size > 0) size--
  const out = Buffer.allocUnsafe(size)
  let at = 0
  out[at++] = 0x7b
  for (const { start, end } of members.values()) {
    if (at > 1) out[at++] = 0x2c
    at += bytes.copy(out, at, start, end)
  }
  out[at] = 0x7d
  return out
}
