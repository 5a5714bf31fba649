// Parses `scheme://user:password@host:port,host:port/path?query`, the addresses of databases, caches and brokers. Brokers
// insert generated passwords without encoding them, so the parser goes by what surrounds the password.

export interface Address {
  /** In lower case, with the colon. */
  scheme: string
  /** Percent-encoded, like the password; empty if there is none. */
  user: string
  password: string
  /** Each with its port, if it has one. */
  hosts: string[]
  path: string
  query: string
}

/**
 * Undefined if the text is not an address, or is ambiguous. What is percent-encoded already is kept; the rest of a user
 * or password is encoded.
 */
export function parseAddress(text: string): Address | undefined {
  const scheme = schemeOf(text)
  if (!scheme) return undefined
  const given = text.slice(scheme.length + '//'.length)
  const rest = scheme.startsWith('postgres') ? withSocketInQuery(given) : given
  const [reading, another] = readingsOf(rest)
  if (!reading || another) return undefined
  const [user, password] = rest.slice(0, Math.max(reading.at, 0)).split(/:(.*)/s)
  return {
    scheme,
    user: encode(user ?? '', notInLogin),
    password: encode(password ?? '', notInLogin),
    hosts: reading.hosts.split(','),
    path: encode(reading.path, notInPath),
    query: encode(reading.query, notInPath),
  }
}

/** Parses an HTTP address, which needs no repair of passwords; undefined if the text is not a URL. */
export function parseWebAddress(text: string): Address | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, username, password, host, pathname, search } = new URL(text)
  return { scheme: protocol, user: username, password, hosts: host.split(','), path: pathname, query: search }
}

/** One URL per host, because most clients can't read a list. */
export function formatAddress({ scheme, user, password, hosts, path, query }: Address): string[] {
  const login = user || password ? `${user}${password && `:${password}`}@` : ''
  return hosts.map((host) => `${scheme}//${login}${host}${path}${query}`)
}

/** `host:port`, with brackets around an IPv6 address; a host that has a port keeps it. */
export function withPort(host: string, port: string | undefined): string {
  const name = (host.match(/:/g) ?? []).length > 1 && !host.startsWith('[') ? `[${host}]` : host
  return port && !/:\d+$/.test(name) ? `${name}:${port}` : name
}

/** Whether the text is a host with or without a port, and nothing else. */
export const isHost = (text: string): boolean => new RegExp(`^${host}$`, 'i').test(text)

/** The scheme in lower case with the colon; undefined if the text is not an address, such as `jdbc:postgresql://host`. */
export const schemeOf = (text: string): string | undefined =>
  /^[a-z][a-z\d+.-]*:(?=\/\/)/i.exec(text)?.[0].toLowerCase()

/** Whether an address identifies the protocol of the service. An HTTP address may be the dashboard of a database. */
export const hasOwnProtocol = (address: string): boolean => ![undefined, 'http:', 'https:'].includes(schemeOf(address))

/** Percent-encodes a text that is not encoded yet, for any part of an address. */
export const encodeText = (text: string): string => encodeURIComponent(text.toWellFormed())

const host = String.raw`(?:\[[\da-f:.]+\]|[\w.%-]+)(?::\d+)?`
const parameter = String.raw`[\w.-]+(?:=[^#&]*)?`
const afterLogin = new RegExp(
  `^(?<hosts>${host}(?:,${host})*)(?<path>/[^?#@]*)?(?<query>\\?(?:${parameter}(?:&${parameter})*)?)?$`,
  'i',
)

// `u:p@/x?host=/run` and `u:p@%2Frun/x` name the folder of a Unix socket. URL has no address without a host, so both get
// one, which the client of PostgreSQL ignores in favour of the parameter.
function withSocketInQuery(rest: string): string {
  const encoded = /^(?:[^/?#]*@)?(?<folder>%2f[^/?#@]*)(?=[/?]|$)/i.exec(rest)
  const folder = encoded?.groups?.folder
  if (encoded && folder) {
    const after = rest.slice(encoded[0].length)
    return `${encoded[0].slice(0, -folder.length)}localhost${after}${after.includes('?') ? '&' : '?'}host=${folder}`
  }
  return rest.replace(/^([^/?#]*@)?(\/[^?#@]*\?(?:[^#]*&)?host=(?:\/|%2f))/i, '$1localhost$2')
}

// A login ends at the last @ before the first of / ? # (RFC 3986), or, if these characters are part of the password, at the
// last @ of all.
function readingsOf(rest: string) {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? ''
  const ends = new Set([authority.lastIndexOf('@'), rest.lastIndexOf('@')])
  return [...ends].flatMap((at) => {
    const { hosts, path = '', query = '' } = afterLogin.exec(rest.slice(at + 1))?.groups ?? {}
    return hosts ? { at, hosts, path, query } : []
  })
}

// RFC 3986, appendix A: userinfo; pchar, "/" and "?".
const notInLogin = /[^\w.~!$&'()*+,;=:%-]/gu
const notInPath = /[^\w.~!$&'()*+,;=:@/?%-]/gu

// A percent sign that encodes nothing shows that nothing is encoded.
const encode = (text: string, unsafe: RegExp) =>
  (isDecodable(text) ? text : text.replaceAll('%', '%25')).toWellFormed().replace(unsafe, encodeURIComponent)

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined
  } catch {
    return false
  }
}
