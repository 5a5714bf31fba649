// Makes of a variable or a bound service what a client needs to connect.

import type { Binding, Kind } from '../../ports/bindings.ts'
import type { BoundService } from './bound-service.ts'
import { readCredentials } from './credentials.ts'
import { complaint } from './error.ts'
import { hasSchemeOf, kinds } from './kinds.ts'
import { locate } from './locate.ts'

/** @throws {BindingsError} unless the text is an address for this kind of service */
export function attachVariable(kind: Kind, text: string): Binding {
  const { variable, schemes, localSchemes = [] } = kinds[kind]
  const [name, source] = [variable, variable]
  const local = localSchemes.find((scheme) => text.startsWith(scheme))
  if (local === text) throw complaint(`${variable} must name a file: ${local}<file>.`)
  if (local) return { kind, name, source, urls: [text], tls: false }
  if (!hasSchemeOf(kind, text)) {
    const allowed = [...new Set(Object.values(schemes)), ...localSchemes]
    throw complaint(
      `${variable} must begin with ${new Intl.ListFormat('en', { type: 'disjunction' }).format(allowed)}.`,
    )
  }
  return { kind, name, source, ...locate(variable, kind, readCredentials({ uri: text })) }
}

/** @throws {BindingsError} unless the credentials contain an address for this kind of service */
export function attachService(kind: Kind, { name, source, credentials }: BoundService): Binding {
  const subject = `The binding "${name}"`
  const known = readCredentials(credentials)
  return { kind, name, source, ...locate(subject, kind, known), ...certificates(subject, known.ca) }
}

// Some brokers escape line breaks twice.
function certificates(subject: string, given: string | undefined): { ca?: string } {
  const ca = given?.replaceAll('\\n', '\n')
  if (ca && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw complaint(`${subject} must contain the certificates to trust as PEM: a text with BEGIN CERTIFICATE.`)
  }
  return ca ? { ca } : {}
}
