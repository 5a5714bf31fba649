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
  /** The product, where the broker names it: `postgres`, `mysql` … */
  engine: string | undefined
  /** Whether TLS is required, besides what an address says. */
  secure: boolean
  /** What the fields say about TLS, as the broker wrote it. */
  tls: TlsFields
  /** Whether the platform has left a reference in place of the credentials. */
  isReference: boolean
}

export interface TlsFields {
  mode: string | undefined
  flag: string | undefined
  ca: string | undefined
  cert: string | undefined
  key: string | undefined
  passphrase: string | undefined
}

export function readCredentials(given: Credentials): KnownCredentials {
  const fields = withProtocol(given)
  const texts = (...names: string[]) => names.flatMap((name) => textsOf(fields[name]))
  const hosts = firstOf(fields, 'servers', 'hosts', 'hostnames', 'host', 'hostname')
  return {
    addresses: [...new Set(texts('uris', 'uri', 'url').map((text) => text.trim()))],
    hosts: (hosts.length > 0 ? hosts : firstOf(fields, ...otherHosts).filter((text) => !text.includes('://'))).flatMap(
      (text) => text.split(','),
    ),
    port: texts('port', 'db_port', 'database_port')[0],
    tlsPort: tlsPortOf(fields),
    user: texts('username', 'user', 'master_username', 'db_user', 'db_username', 'database_user')[0],
    password: texts('password', 'master_password', 'db_password', 'database_password')[0],
    database: texts('dbname', 'database', 'db', 'db_name', 'database_name', 'name')[0],
    vhost: texts('vhost', 'virtual_host')[0],
    engine: texts('engine', 'db_engine', 'dialect')[0]?.toLowerCase() ?? jdbcProduct(fields),
    secure: isSecure(fields),
    tls: tlsOf(fields),
    isReference: 'credhub-ref' in given,
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
  const flags = tlsFlags.map((name) => String(fields[name]))
  if (flags.includes('true')) return true
  if (flags.includes('false')) return false
  return (
    Boolean(tlsPortOf(fields) ?? tlsOf(fields).ca) ||
    /^(require|verify)/.test(String(fields.sslmode ?? fields.ssl_mode))
  )
}

const tlsPortOf = ({ tls_port: port }: Credentials) => (Number(port) > 0 ? String(port) : undefined)

function tlsOf(fields: Credentials): TlsFields {
  const tls = isObject(fields.tls) ? fields.tls : {}
  const nested = isObject(tls.cert) ? tls.cert : {}
  const first = (...values: unknown[]) => values.flatMap(textsOf)[0]
  const key = first(
    ...['sslkey', 'client_key', 'clientkey', 'tls_key', 'private_key', 'key', 'tls.key'].map((name) => fields[name]),
    tls.key,
    tls.private_key,
    nested.private_key,
    nested.key,
  )
  const { sslcert } = fields
  return {
    mode: first(fields.sslmode, fields.ssl_mode),
    flag: first(...tlsFlags.map((name) => flagOf(fields[name]))),
    ca: caOf(fields) ?? (key ? undefined : first(sslcert)),
    // Without a key, it is the certificate of the server, as SAP's broker writes it.
    cert: first(
      key && sslcert,
      ...['client_cert', 'clientcert', 'client_certificate', 'tls_cert', 'tls.crt'].map((name) => fields[name]),
      key && fields.cert,
      key && tls.certificate,
      key && (nested.certificate ?? tls.cert),
    ),
    key,
    passphrase: first(fields.sslpassword),
  }
}

function caOf(fields: Credentials): string | undefined {
  const tls = isObject(fields.tls) ? fields.tls : {}
  const nested = isObject(tls.cert) ? tls.cert.ca : tls.key ? undefined : tls.cert
  return [...authorities.map((name) => fields[name]), tls.ca, tls.ca_certificate, nested].flatMap(textsOf)[0]
}

const tlsFlags = ['tls', 'ssl', 'use_tls', 'use_ssl', 'require_ssl', 'tls_enabled', 'ssl_enabled', 'enable_tls']

const authorities = [
  ...['ca', 'cacert', 'cacerts', 'ca_cert', 'ca_certs', 'ca_certificate', 'ca_certificates', 'ca_pem', 'ca_base64'],
  ...['sslrootcert', 'ssl_ca', 'server_ca', 'server_ca_cert', 'root_ca', 'certificate', 'certificates', 'ca.crt'],
]

/** The flags of servicebinding.io are texts. `ssl: require` is a mode. */
const flagOf = (value: unknown) => (typeof value === 'boolean' ? String(value) : value)

/** These may also hold the address of a website, which is not that of a host. */
const otherHosts = ['endpoint', 'address', 'db_host', 'database_host', 'server', 'instance_address']

/** The product of an address for JDBC: `oracle` of `jdbc:oracle:thin:@…`. */
const jdbcProduct = ({ jdbcUrl, jdbcurl, jdbc_url, jdbc_uri, uri, url }: Credentials) =>
  [jdbcUrl, jdbcurl, jdbc_url, jdbc_uri, uri, url]
    .flatMap(textsOf)
    .flatMap((text) => /^jdbc:(\w+):/i.exec(text)?.[1] ?? [])[0]
    ?.toLowerCase()

const firstOf = (fields: Credentials, ...names: string[]) =>
  names.map((name) => textsOf(fields[name])).find((texts) => texts.length > 0) ?? []

// An empty text counts as absent, and a port may be a number.
const textsOf = (value: unknown): string[] =>
  [value].flat().flatMap((item) => (typeof item === 'number' ? String(item) : typeof item === 'string' && item) || [])
