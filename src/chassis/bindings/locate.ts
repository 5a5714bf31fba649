// Makes complete addresses of credentials. What is missing or ambiguous is a complaint: a bound service with unusual
// credentials must never be replaced silently by an embedded one.

import type { Kind } from '../../ports/bindings.ts'
import {
  type Address,
  encodeText,
  formatAddress,
  hasOwnProtocol,
  isHost,
  parseAddress,
  parseWebAddress,
  withPort,
} from './address.ts'
import type { KnownCredentials } from './credentials.ts'
import { complaint } from './error.ts'
import { hasSchemeOf, kinds } from './kinds.ts'

/**
 * @param subject the beginning of complaints, such as `DATABASE_URL`
 * @throws {BindingsError} unless the credentials contain an address for this kind of service
 */
export function locate(subject: string, kind: Kind, known: KnownCredentials): string[] {
  const { example } = kinds[kind]
  const addresses = addressesOf(kind, known)
  if (addresses.length === 0) {
    throw complaint(
      `${subject} must contain an address like ${example}${kind === 'upstream' ? '' : ', or host and port'}.`,
    )
  }
  const urls = addresses.flatMap((address) => (address ? formatAddress(completed(kind, address, known)) : ''))
  if (!urls.every((url) => URL.canParse(url))) {
    throw complaint(`${subject} must contain an address like ${example}, with special characters percent-encoded.`)
  }
  if (urls.length > 1 && kind === 'upstream') {
    throw complaint(`${subject} must contain one host: its client does not try several.`)
  }
  return urls
}

// An address of another scheme shows that the host beside it belongs to another kind.
function addressesOf(kind: Kind, known: KnownCredentials): (Address | undefined)[] {
  const spoken = known.addresses.filter((address) => hasSchemeOf(kind, address))
  if (spoken.length > 0) return spoken.map(kind === 'upstream' ? parseWebAddress : parseAddress)
  const foreign = kind === 'upstream' || known.addresses.some(hasOwnProtocol)
  if (foreign || known.hosts.length === 0) return []
  return [addressFromParts(kind, known)]
}

function addressFromParts(kind: Kind, known: KnownCredentials): Address | undefined {
  const { port, database, vhost } = known
  const hosts = known.hosts.map((host) => withPort(host.trim(), port))
  if (!hosts.every(isHost)) return undefined
  const paths: Partial<Record<Kind, string | undefined>> = { database, broker: vhost }
  const path = paths[kind]
  return {
    scheme: Object.keys(kinds[kind].schemes)[0] ?? '',
    user: '',
    password: '',
    hosts,
    path: path ? `/${encodeText(path)}` : '',
    query: '',
  }
}

// Some brokers, such as SAP's, write user and password beside the address.
function completed(kind: Kind, address: Address, known: KnownCredentials): Address {
  const { user = '', password = '', secure, tlsPort } = known
  const anonymous = !address.user && !address.password
  const scheme = kinds[kind].schemes[address.scheme] ?? address.scheme
  return {
    ...address,
    ...(anonymous && { user: encodeText(user), password: encodeText(password) }),
    scheme: secure ? (securedSchemes[scheme] ?? scheme) : scheme,
    hosts:
      secure && tlsPort ? address.hosts.map((host) => withPort(host.replace(/:\d+$/, ''), tlsPort)) : address.hosts,
  }
}

const securedSchemes: Readonly<Record<string, string>> = { 'redis:': 'rediss:', 'amqp:': 'amqps:' }
