// How clients of backing services connect with TLS. What to trust is decided at start, by chassis/bindings.

import type { ConnectionOptions } from 'node:tls'
import type { Binding } from '../ports/bindings.ts'

/** Undefined where the binding does not use TLS. */
export async function tlsOptions({ tls }: Pick<Binding, 'tls'>): Promise<ConnectionOptions | undefined> {
  if (!tls) return undefined
  const { verify, ca = [], cert, key, passphrase } = tls
  const identity = { ...(cert && { cert }), ...(key && { key }), ...(passphrase && { passphrase }) }
  if (verify === 'none') return { ...identity, rejectUnauthorized: false }
  if (verify === 'ca')
    return { ...identity, ca: [...ca], rejectUnauthorized: true, checkServerIdentity: () => undefined }
  // Node's own authorities include those in NODE_EXTRA_CA_CERTS.
  const { getCACertificates } = await import('node:tls')
  return { ...identity, ca: [...getCACertificates('default'), ...ca], rejectUnauthorized: true }
}
