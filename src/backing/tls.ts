// The certificate authorities that clients of backing services trust: Node's own (including NODE_EXTRA_CA_CERTS), those
// in the platform's folder (CF_SYSTEM_CERT_PATH, which Node does not read by itself), and the one of the binding.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'

/** Undefined where the binding does not use TLS. */
export async function tlsOptions(
  { tls, ca }: { tls: boolean; ca?: string },
  env: NodeJS.ProcessEnv = process.env,
): Promise<ConnectionOptions | undefined> {
  if (!tls) return undefined
  const { getCACertificates } = await import('node:tls')
  return { ca: [...getCACertificates('default'), ...platformAuthorities(env.CF_SYSTEM_CERT_PATH), ...(ca ? [ca] : [])] }
}

function platformAuthorities(folder: string | undefined): string[] {
  if (!folder) return []
  return readdirSync(folder)
    .filter((file) => /\.(crt|pem)$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
}
