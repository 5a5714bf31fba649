// Decodes the bytes of a body by their media type. Text must be UTF-8; invalid bytes are rejected and not replaced by
// U+FFFD, because the service would then store something else than the client sent.

import { badRequest } from '../problem.ts'
import { isNestedDeeperThan } from './json-depth.ts'

/** More than any contract needs. Parsing what is nested a hundred thousand times blocks the process for seconds. */
const MAX_DEPTH = 100

const DECODERS: Record<string, (bytes: Buffer) => unknown> = {
  'application/json': decodeJson,
  'application/x-www-form-urlencoded': decodeForm,
}

export const DECODED_TYPES: string[] = Object.keys(DECODERS)

/**
 * @returns the bytes themselves for an unknown media type
 * @throws {Problem} 400 if the bytes don't match the media type
 */
export function decode(type: string, bytes: Buffer): unknown {
  const decoder = DECODERS[type]
  return decoder ? decoder(bytes) : bytes
}

function decodeJson(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes)
  if (text === '') throw badRequest('The body is empty, but must be JSON.')
  if (isNestedDeeperThan(bytes, MAX_DEPTH)) throw badRequest(`The body is nested deeper than ${MAX_DEPTH} levels.`)
  try {
    return JSON.parse(text)
  } catch (error) {
    // RFC 8259, 8.1 allows to ignore the mark, but not to send it. An operation with a raw body refuses it too.
    if (text.startsWith('\uFEFF')) throw badRequest('The body is not JSON: it begins with a byte order mark.')
    throw badRequest(`The body is not JSON: ${nameInvisible((error as Error).message)}.`)
  }
}

/** V8 quotes the body, which may hold control characters, direction marks, or half of a character that was cut. */
const nameInvisible = (message: string): string =>
  message
    .replace(/[\t\r\n]/g, ' ')
    .replace(
      /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu,
      (found) => `U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`,
    )

/** More than any form has. Each costs two microseconds, and a body of separators would be nothing else. */
const MAX_FIELDS = 1000

const ESCAPES = /(?:%[\da-f]{2})+/gi

function decodeForm(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes)
  if (text.split('&', MAX_FIELDS + 1).length > MAX_FIELDS) {
    throw badRequest(`The form has more than ${MAX_FIELDS} fields.`)
  }
  try {
    for (const [escaped] of text.matchAll(ESCAPES)) decodeURIComponent(escaped)
  } catch {
    throw notUtf8()
  }
  const given = Map.groupBy(new URLSearchParams(text), ([name]) => name)
  return Object.fromEntries([...given].map(([name, pairs]) => [name, oneOrAll(pairs)]))
}

/** A repeated field is a list, which the contract may allow or not. */
function oneOrAll(pairs: [name: string, value: string][]): string | string[] | undefined {
  const values = pairs.map(([, value]) => value)
  return values.length > 1 ? values : values[0]
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeUtf8(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw notUtf8()
  }
}

const notUtf8 = () => badRequest('The body is not UTF-8.')
