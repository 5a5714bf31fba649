// Normalizes credentials: brokers spell the same fields differently, and here they become one record.

import { type Credentials, isObject } from './bound-service.ts'

export interface KnownCredentials {
  /** Complete addresses of any scheme, as the broker wrote them. */
  addresses: string[]
  /** Each may have a port of its own. */
  hosts: string[]
  port: string | undefined
  /** Redis may have a separate port for TLS. */
  tlsPort: string | undefined
  user: string | undefined
  password: string | undefined
  database: string | undefined
  vhost: string | undefined
  /** Whether TLS is required, besides what an address says. */
  secure: boolean
  /** The certificates to trust, as the broker wrote them. */
  ca: string | undefined
}

export function readCredentials(given: Credentials): KnownCredentials {
  const fields = withProtocol(given)
  const texts = (...names: string[]) => names.flatMap((name) => textsOf(fields[name]))
  return {
    addresses: [...new Set(texts('uris', 'uri', 'url').map((text) => text.trim()))],
    hosts: firstOf(fields, 'servers', 'hosts', 'hostnames', 'host', 'hostname').flatMap((text) => text.split(',')),
    port: texts('port')[0],
    tlsPort: tlsPortOf(fields),
    user: texts('username', 'user')[0],
    password: texts('password')[0],
    database: texts('dbname', 'database', 'db', 'db_name', 'name')[0],
    vhost: texts('vhost', 'virtual_host')[0],
    secure: isSecure(fields),
    ca: caOf(fields),
  }
}

// RabbitMQ for VMs lists each protocol separately. The fields outside of the list are those of plain AMQP unless `ssl` is
// set.
function withProtocol(given: Credentials): Credentials {
  const protocols = isObject(given.protocols) ? given.protocols : {}
  const secured = protocols['amqp+ssl'] ?? protocols.amqps
  const chosen = isSecure(given) ? secured : !given.uri && !given.uris && (secured ?? protocols.amqp)
  return isObject(chosen) ? { ...given, uris: [], uri: '', url: '', ...chosen } : given
}

function isSecure(fields: Credentials): boolean {
  const flags = ['tls', 'ssl', 'use_tls', 'require_ssl'].map((name) => String(fields[name]))
  if (flags.includes('true')) return true
  if (flags.includes('false')) return false
  return Boolean(tlsPortOf(fields) ?? caOf(fields)) || /^(require|verify)/.test(String(fields.sslmode))
}

const tlsPortOf = ({ tls_port: port }: Credentials) => (Number(port) > 0 ? String(port) : undefined)

function caOf(fields: Credentials): string | undefined {
  const tls = isObject(fields.tls) ? fields.tls : {}
  const nested = isObject(tls.cert) ? tls.cert.ca : tls.cert
  const { ca, cacert, ca_cert, ca_certificate, sslrootcert } = fields
  return [ca, cacert, ca_cert, ca_certificate, sslrootcert, tls.ca, nested].flatMap(textsOf)[0]
}

const firstOf = (fields: Credentials, ...names: string[]) =>
  names.map((name) => textsOf(fields[name])).find((texts) => texts.length > 0) ?? []

// An empty text counts as absent, and a port may be a number.
const textsOf = (value: unknown): string[] =>
  [value].flat().flatMap((item) => (typeof item === 'number' ? String(item) : typeof item === 'string' && item) || [])
