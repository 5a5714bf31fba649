// Whom a client of a backing service trusts: the authorities that Node knows (NODE_EXTRA_CA_CERTS included), those that
// the platform says it trusts, and the one that came with the binding. Cloud Foundry puts its own into a folder, which
// Node does not read by itself.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'

/** Undefined where the service is not spoken to in TLS. */
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
