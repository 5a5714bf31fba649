// The TLS parameters in the address of a database, a Redis or a broker. Each one is honoured or refused.

import type { Kind } from '../../ports/bindings.ts'
import { complaint } from './error.ts'
import { readFlag, readMaterial, readMode, readWord, type TlsMode, type TlsRequest } from './tls-request.ts'

type Reader = (place: string, text: string) => TlsRequest

const ca: Reader = (place, path) => (path === 'system' ? { mode: 'full' } : { ca: readMaterial(place, path) })
const cert: Reader = (place, path) => ({ cert: readMaterial(place, path) })
const key: Reader = (place, path) => ({ key: readMaterial(place, path) })
const passphrase: Reader = (_, text) => ({ passphrase: text })
const flag: Reader = (place, text) => ({ mode: readFlag(place, text) })
const word =
  (words: Record<string, TlsMode>): Reader =>
  (place, text) => ({ mode: readWord(place, text, words) })
const only =
  (...harmless: string[]): Reader =>
  (place, text) => {
    if (harmless.includes(text)) return {}
    const remedy = harmless.length > 0 ? `must be ${harmless.join(' or ')}, or be removed` : 'must be removed'
    throw complaint(`${place} ${remedy}: the client does not support anything else.`)
  }

/** PostgreSQL: as libpq and node-postgres call them. */
const database: Record<string, Reader> = {
  sslmode: (place, text) => ({ mode: readMode(place, text) }),
  ssl: flag,
  sslrootcert: ca,
  sslcert: cert,
  sslkey: key,
  sslpassword: passphrase,
  uselibpqcompat: only('true', 'false'),
  sslnegotiation: only('postgres'),
  sslcompression: only('0'),
  sslsni: only('1'),
  sslcertmode: only('allow'),
  channel_binding: (place, text) =>
    text === 'require' ? { channelBinding: true } : only('prefer', 'disable')(place, text),
  gssencmode: only('disable', 'prefer'),
  requirepeer: only(),
  require_auth: only(),
}

/** As clients of Redis in other languages call them. */
const redis: Record<string, Reader> = {
  ssl: flag,
  tls: flag,
  ssl_cert_reqs: word({ required: 'full', CERT_REQUIRED: 'full', none: 'none', CERT_NONE: 'none' }),
  ssl_check_hostname: word({ true: 'full', false: 'ca' }),
  ssl_ca_certs: ca,
  ssl_certfile: cert,
  ssl_keyfile: key,
}

/** As RabbitMQ's URI specification calls them. */
const broker: Record<string, Reader> = {
  cacertfile: ca,
  certfile: cert,
  keyfile: key,
  password: passphrase,
  verify: word({ verify_peer: 'full', verify_none: 'none' }),
}

const readers: Partial<Record<Kind, Record<string, Reader>>> = {
  database,
  redis,
  broker,
  memcached: { ssl: flag, tls: flag },
}

/** The parameters of the upstream are its own business. */
export function readTlsParameters(subject: string, kind: Kind, url: string): { url: string; request: TlsRequest } {
  const known = readers[kind]
  const [address = '', query] = url.split(/\?(.*)/s)
  if (!known || !query) return { url, request: {} }
  const [taken, kept] = [new Map<string, string>(), [] as string[]]
  for (const parameter of query.split('&')) {
    const [name = '', value = ''] = parameter.split(/=(.*)/s)
    if (Object.hasOwn(known, name)) taken.set(name, decodeURIComponent(value))
    else if (/ssl|tls|cert/i.test(name)) throw complaint(unknown(subject, kind, known))
    else kept.push(parameter)
  }
  const request = combine(
    [...taken].map(([name, text]) => [name, known[name]!(`${name} in ${subject}`, text)]),
    subject,
  )
  return {
    url: kept.length > 0 ? `${address}?${kept.join('&')}` : address,
    request: taken.get('uselibpqcompat') === 'true' ? likeLibpq(request, taken.get('sslmode')) : request,
  }
}

/** `sslmode` says more than `ssl`, and the weaker of two checks is the deliberate one. */
function combine(requests: [name: string, request: TlsRequest][], subject: string): TlsRequest {
  const given = requests.flatMap(([, { mode }]) => mode ?? [])
  const modes = new Set(given)
  const isOff = modes.has('off')
  if (isOff && (modes.size > 1 || requests.some(([, { ca, cert, key }]) => ca || cert || key))) {
    throw complaint(`${subject} must not both switch TLS off and contain parameters of TLS.`)
  }
  const named = requests.find(([name]) => name === 'sslmode')?.[1].mode
  const weakest = (['none', 'ca', 'full', 'off', 'undecided'] as const).find((mode) => modes.has(mode))
  return { ...Object.assign({}, ...requests.map(([, request]) => request)), mode: named ?? weakest }
}

/** With `uselibpqcompat=true`, `require` only encrypts, unless there is an authority to check against. */
const likeLibpq = (request: TlsRequest, sslmode: string | undefined): TlsRequest =>
  sslmode === 'require' ? { ...request, mode: request.ca ? 'ca' : 'none' } : request

const unknown = (subject: string, kind: Kind, known: Record<string, Reader>) =>
  `${subject} contains a parameter of TLS that is not supported for this kind (${kind}): remove it, or use ${Object.keys(known).join(', ')}.`
