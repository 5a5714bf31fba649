// The bytes of a body become values by their media type. All text is UTF-8, and nothing that is not is let through with
// U+FFFD in its place: who sent it would not get back what he sent.

import { badRequest } from '../problem.ts'

const DECODERS: Record<string, (bytes: Buffer) => unknown> = {
  'application/json': decodeJson,
  'application/x-www-form-urlencoded': decodeForm,
}

/**
 * @returns the bytes where their type is none that is known
 * @throws {Problem} 400 where they are not what their type says
 */
export function decode(type: string, bytes: Buffer): unknown {
  const decoder = DECODERS[type]
  return decoder ? decoder(bytes) : bytes
}

function decodeJson(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes)
  if (text === '') throw badRequest('The body is empty, but must be JSON.')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badRequest(`The body is not JSON: ${(error as Error).message}.`)
  }
}

const ESCAPES = /(?:%[\da-f]{2})+/gi

function decodeForm(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes)
  try {
    for (const [escaped] of text.matchAll(ESCAPES)) decodeURIComponent(escaped)
  } catch {
    throw notUtf8()
  }
  const given = Map.groupBy(new URLSearchParams(text), ([name]) => name)
  return Object.fromEntries([...given].map(([name, pairs]) => [name, oneOrAll(pairs)]))
}

/** What is given more than once is a list, which the contract wants or refuses. */
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
