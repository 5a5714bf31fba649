// Decides on TLS for one backing service from all places that say something about it. The nearest place decides: the
// address, then the fields of the binding, then variables. TLS that any of them requires never ends in plain text.

import type { Tls } from '../../ports/bindings.ts'
import { complaint } from './error.ts'
import { parseCertificates, parseKey } from './pem.ts'
import type { Material, TlsMode, TlsRequest } from './tls-request.ts'

export interface TlsPlaces {
  address: TlsRequest
  fields: TlsRequest
  variables: TlsRequest
  /** Receives what is no reason to refuse the start. */
  warn(sentence: string): void
}

/**
 * @returns undefined for plain text
 * @throws {BindingsError} if the places contradict each other, or a certificate or key is not usable
 */
export function decideTls(subject: string, { address, fields, variables, warn }: TlsPlaces): Tls | undefined {
  const places = [address, fields, variables]
  const channelBinding = places.some((place) => place.channelBinding)
  const verify = decideMode(subject, places) ?? (channelBinding ? 'full' : undefined)
  if (channelBinding && verify !== 'full') {
    throw complaint(`${subject} requires channel binding, which needs sslmode=require or verify-full.`)
  }
  if (verify === undefined || verify === 'off') return undefined
  const ca = places.find((place) => place.ca)?.ca
  if (verify === 'ca' && !ca) {
    throw complaint(
      `${subject} must come with the authority to check against (sslrootcert), because verify-ca does not check names; or use verify-full.`,
    )
  }
  const client = places.find((place) => place.cert || place.key)
  return {
    verify,
    ...(channelBinding && { channelBinding }),
    ...(ca && { ca: readAuthorities(ca, warn) }),
    ...(client && readClient(subject, client, warn)),
  }
}

function decideMode(subject: string, places: TlsRequest[]): Tls['verify'] | 'off' | undefined {
  const [address, fields, variables] = places.map(({ mode }) => mode)
  const nearest = [address, fields].find(isOn)
  if (nearest) return nearest
  if (address === 'off' || fields === 'off') {
    if (!isOn(variables)) return 'off'
    throw complaint(`${subject} switches TLS off, but PGSSLMODE requires it: unset PGSSLMODE, or let both require it.`)
  }
  if (variables === 'off' || isOn(variables)) return variables
  if ([address, fields, variables].includes('undecided')) {
    throw complaint(
      `${subject} leaves it to the server whether to encrypt (sslmode prefer or allow): set sslmode or PGSSLMODE to require or disable.`,
    )
  }
  return places.some(({ ca, cert, key }) => ca || cert || key) ? 'full' : undefined
}

const isOn = (mode: TlsMode | undefined): mode is Tls['verify'] => mode === 'full' || mode === 'ca' || mode === 'none'

function readAuthorities({ place, text }: Material, warn: TlsPlaces['warn']): string[] {
  const certificates = parseCertificates(text)
  if (!certificates) {
    throw complaint(
      `${place} must contain certificates to trust as PEM: one of them can't be parsed, or there is none.`,
    )
  }
  warnOfExpired(place, certificates.parsed, warn)
  return certificates.pem
}

function readClient(subject: string, { cert, key, passphrase }: TlsRequest, warn: TlsPlaces['warn']) {
  if (!cert || !key) {
    const [given, missing] = cert ? [cert, 'key'] : [key!, 'certificate']
    throw complaint(`${given.place} needs the ${missing} of the client beside it: add it, or remove ${given.place}.`)
  }
  const certificates = parseCertificates(cert.text)
  if (!certificates) throw complaint(`${cert.place} must contain a certificate as PEM: it can't be parsed.`)
  const parsed = parseKey(key.text, passphrase)
  if (!parsed) {
    throw complaint(`${key.place} must contain a private key as PEM: it can't be parsed, or needs another password.`)
  }
  if (!certificates.parsed[0]!.checkPrivateKey(parsed.parsed)) {
    throw complaint(`${subject} must contain a key and a certificate that match: ${key.place} belongs to another one.`)
  }
  warnOfExpired(cert.place, certificates.parsed, warn)
  return { cert: certificates.pem.join(''), key: parsed.pem, ...(passphrase && { passphrase }) }
}

function warnOfExpired(place: string, certificates: { validTo: string }[], warn: TlsPlaces['warn']) {
  const expired = certificates.map(({ validTo }) => new Date(validTo)).filter((end) => end.getTime() < Date.now())
  if (expired[0]) warn(`${place} contains a certificate that expired on ${expired[0].toISOString().slice(0, 10)}.`)
}
