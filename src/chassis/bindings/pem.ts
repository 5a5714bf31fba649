// Reads certificates and keys as brokers and variables deliver them: with line ends that became blanks or `\n`, several
// in one text, or base64 without armour. They are parsed here, at start, because a client would fail at each connection.

import type { X509Certificate } from 'node:crypto'

/** Several certificates in PEM, each parsed. */
export interface Certificates {
  /** One certificate each, with regular line ends. */
  pem: string[]
  parsed: X509Certificate[]
}

/** Undefined unless the text holds certificates and nothing broken. */
export function parseCertificates(text: string): Certificates | undefined {
  const pem = armoured(text, 'CERTIFICATE').map(({ body }) => wrap('CERTIFICATE', body))
  try {
    // Loaded on demand, so that a service without certificates starts faster.
    const { X509Certificate } = process.getBuiltinModule('node:crypto')
    return pem.length > 0 ? { pem, parsed: pem.map((each) => new X509Certificate(each)) } : undefined
  } catch {
    return undefined
  }
}

/** The key in PEM, if it is one and can be decrypted. */
export function parseKey(text: string, passphrase?: string) {
  const [block] = armoured(text, 'PRIVATE KEY')
  if (!block) return undefined
  const pem = wrap(block.label, block.body)
  try {
    const { createPrivateKey } = process.getBuiltinModule('node:crypto')
    return { pem, parsed: createPrivateKey({ key: pem, ...(passphrase && { passphrase }) }) }
  } catch {
    return undefined
  }
}

interface Block {
  label: string
  body: string
}

/** The blocks whose label ends in `kind`, such as `EC PRIVATE KEY`; a text without armour is one block. */
function armoured(text: string, kind: string): Block[] {
  const lines = text
    .replace(/\\r|\r/g, '')
    .replaceAll('\\n', '\n')
    .trim()
  const blocks = [...lines.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----/gs)]
  if (blocks.length > 0 || lines.includes('-----')) {
    return blocks.flatMap(([, label = '', body = '']) => (label.endsWith(kind) ? { label, body } : []))
  }
  if (!/^[A-Za-z0-9+/\s]+=*\s*$/.test(lines)) return []
  const decoded = Buffer.from(lines, 'base64')
  return decoded.includes('-----BEGIN ') ? armoured(decoded.toString(), kind) : [{ label: kind, body: lines }]
}

/** A key that is encrypted in the old way has header lines, which keep their line ends. */
function wrap(label: string, body: string): string {
  const content = body.includes(':') ? body.trim() : (body.replace(/\s+/g, '').match(/.{1,64}/g) ?? []).join('\n')
  return `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`
}
