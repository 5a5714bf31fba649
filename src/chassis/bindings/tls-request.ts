// What one place, such as a URL or the fields of a binding, says about TLS.

import { readFileSync } from 'node:fs'
import type { Tls } from '../../ports/bindings.ts'
import { complaint } from './error.ts'

/** `undecided` is libpq's `prefer` and `allow`: the server, or an attacker in between, decides whether to encrypt. */
export type TlsMode = Tls['verify'] | 'off' | 'undecided'

export interface TlsRequest {
  mode?: TlsMode | undefined
  ca?: Material | undefined
  cert?: Material | undefined
  key?: Material | undefined
  passphrase?: string | undefined
  /** Whether the password must be bound to the TLS connection (SCRAM-SHA-256-PLUS). */
  channelBinding?: boolean | undefined
}

/** The text of certificates or of a key. */
export interface Material {
  /** Where it was read, for complaints: `sslcert in DATABASE_URL`. */
  place: string
  text: string
}

const modes: Readonly<Record<string, TlsMode>> = {
  disable: 'off',
  allow: 'undecided',
  prefer: 'undecided',
  // node-postgres verifies as well; libpq only encrypts.
  require: 'full',
  'verify-ca': 'ca',
  'verify-full': 'full',
  'no-verify': 'none',
}

const flags: Readonly<Record<string, TlsMode>> = { true: 'full', 1: 'full', false: 'off', 0: 'off' }

/** @throws {BindingsError} unless the text is one of the modes of libpq or node-postgres */
export const readMode = (place: string, text: string): TlsMode => readWord(place, text, modes)

/** @throws {BindingsError} unless the text is `true`, `false`, 1, 0 or a mode */
export const readFlag = (place: string, text: string): TlsMode => readWord(place, text, { ...flags, ...modes })

/** @throws {BindingsError} unless the text is one of the words */
export function readWord(place: string, text: string, words: Readonly<Record<string, TlsMode>>): TlsMode {
  if (Object.hasOwn(words, text)) return words[text]!
  const allowed = new Intl.ListFormat('en', { type: 'disjunction' }).format(Object.keys(words))
  throw complaint(`${place} must be ${allowed}.`)
}

/** @throws {BindingsError} unless the file can be read */
export function readMaterial(place: string, path: string): Material {
  try {
    return { place, text: readFileSync(path, 'utf8') }
  } catch (error) {
    throw complaint(`${place} must name a file that can be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}
