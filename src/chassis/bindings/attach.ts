// Makes of a variable or a bound service what a client needs to connect.

import type { Binding, Kind, Tls } from '../../ports/bindings.ts'
import { readPlatformAuthorities } from './authorities.ts'
import type { BoundService } from './bound-service.ts'
import { type KnownCredentials, readCredentials } from './credentials.ts'
import { complaint } from './error.ts'
import { hasSchemeOf, kinds } from './kinds.ts'
import { locate } from './locate.ts'
import { decideTls } from './tls.ts'
import { readTlsParameters } from './tls-parameters.ts'
import { readFlag, readMode, type TlsRequest } from './tls-request.ts'
import { readTlsVariables } from './tls-variables.ts'

export interface AttachOptions {
  env: NodeJS.ProcessEnv
  /** Receives what is no reason to refuse the start. */
  warn(sentence: string): void
}

/** @throws {BindingsError} unless the text is an address for this kind of service */
export function attachVariable(kind: Kind, text: string, options: AttachOptions): Binding {
  const { variable, schemes, localSchemes = [] } = kinds[kind]
  const [name, source] = [variable, variable]
  const local = localSchemes.find((scheme) => text.startsWith(scheme))
  if (local === text) throw complaint(`${variable} must name a file: ${local}<file>.`)
  if (local) return { kind, name, source, urls: [text], tls: undefined }
  if (!hasSchemeOf(kind, text)) {
    const allowed = [...new Set(Object.values(schemes)), ...localSchemes]
    const begin = `${variable} must begin with ${new Intl.ListFormat('en', { type: 'disjunction' }).format(allowed)}`
    throw complaint(/^[a-z+]*(unix|socket):/i.test(text) ? `${begin}; Unix sockets are not supported.` : `${begin}.`)
  }
  return { kind, name, source, ...connection(variable, kind, readCredentials({ uri: text }), options) }
}

/** @throws {BindingsError} unless the credentials contain an address for this kind of service */
export function attachService(
  kind: Kind,
  { name, source, credentials }: BoundService,
  options: AttachOptions,
): Binding {
  const subject = `The binding "${name}"`
  const known = readCredentials(credentials)
  if (known.isReference) {
    throw complaint(
      `${subject} contains a credhub-ref that the platform has not replaced: restart when CredHub is available, or bind the service again.`,
    )
  }
  return { kind, name, source, ...connection(subject, kind, known, options) }
}

function connection(subject: string, kind: Kind, known: KnownCredentials, { env, warn }: AttachOptions) {
  const located = locate(subject, kind, known).map((url) => readTlsParameters(subject, kind, url))
  const urls = located.map(({ url }) => url)
  const tls = tlsOf()
  const settled = tls ? { ...tls, ca: [...(tls.ca ?? []), ...platformAuthorities(tls)] } : undefined
  return { urls: tls ? urls.map(secured) : urls, tls: settled && withoutEmpty(settled) }

  function tlsOf(): Tls | undefined {
    if (kind === 'upstream') return urls.some(isSecured) ? { verify: 'full' } : undefined
    // libpq does not encrypt local sockets either.
    if (urls.every(isSocket)) return undefined
    const address = located[0]!.request
    return decideTls(subject, {
      address: { ...address, mode: address.mode ?? (urls.some(isSecured) ? 'full' : undefined) },
      fields: requestOf(subject, known),
      variables: kind === 'database' ? readTlsVariables(env) : {},
      warn,
    })
  }

  // Where names are not checked, only the authority of the service itself may be trusted.
  function platformAuthorities({ verify }: Tls): string[] {
    return verify === 'full' ? readPlatformAuthorities(env.CF_SYSTEM_CERT_PATH, warn) : []
  }
}

function requestOf(subject: string, { tls, tlsPort, secure }: KnownCredentials): TlsRequest {
  const at = (field: string) => `${field} in ${subject.replace('The', 'the')}`
  const material = (field: string, text: string | undefined) => (text ? { place: at(field), text } : undefined)
  const mode = tls.mode ? readMode(at('sslmode'), tls.mode) : undefined
  const flag = tls.flag ? readFlag(at('ssl'), tls.flag) : undefined
  return {
    // A flag that switches TLS off says that certificates and the port for TLS are not needed.
    mode: mode && mode !== 'off' ? mode : (flag ?? (tlsPort || secure ? 'full' : mode)),
    ca: material('the authority', tls.ca),
    cert: material('the certificate', tls.cert),
    key: material('the key', tls.key),
    passphrase: tls.passphrase,
  }
}

const securedSchemes: Readonly<Record<string, string>> = { 'redis:': 'rediss:', 'amqp:': 'amqps:' }
const secured = (url: string) => url.replace(/^(redis|amqp):/, (scheme) => securedSchemes[scheme] ?? scheme)
const isSecured = (url: string) => /^(rediss|amqps|https):/.test(url)
const isSocket = (url: string) => /[?&]host=(%2f|\/)/i.test(url)

const withoutEmpty = ({ ca, ...rest }: Tls): Tls => (ca && ca.length > 0 ? { ...rest, ca } : rest)
