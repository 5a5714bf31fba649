// The variables of libpq that concern TLS. They apply to the PostgreSQL that is attached, because some platforms manage
// DATABASE_URL and don't allow it to be edited.

import { complaint } from './error.ts'
import { readMaterial, readMode, type TlsRequest } from './tls-request.ts'

/** Values that change nothing; any other one asks for what the client can't do. */
export const unsupportedVariables: Readonly<Record<string, readonly string[]>> = {
  // Replaced by PGSSLMODE.
  PGREQUIRESSL: ['0'],
  PGSSLNEGOTIATION: ['postgres'],
  PGSSLCRL: [],
  PGSSLCRLDIR: [],
  PGSSLMINPROTOCOLVERSION: ['TLSv1.2'],
  PGSSLMAXPROTOCOLVERSION: ['TLSv1.3'],
  PGSSLCERTMODE: ['allow'],
  PGREQUIREPEER: [],
  PGREQUIREAUTH: [],
  PGCHANNELBINDING: ['disable', 'prefer'],
  PGGSSENCMODE: ['disable', 'prefer'],
}

/** @throws {BindingsError} if a variable can't be honoured */
export function readTlsVariables(env: NodeJS.ProcessEnv): TlsRequest {
  for (const [name, harmless] of Object.entries(unsupportedVariables)) {
    if (env[name] && !harmless.includes(env[name])) throw complaint(`${name} is not supported by the client: unset it.`)
  }
  const { PGSSLMODE: mode, PGSSLROOTCERT: ca, PGSSLCERT: cert, PGSSLKEY: key } = env
  return {
    mode: mode ? readMode('PGSSLMODE', mode) : ca === 'system' ? 'full' : undefined,
    ca: ca && ca !== 'system' ? readMaterial('PGSSLROOTCERT', ca) : undefined,
    cert: cert ? readMaterial('PGSSLCERT', cert) : undefined,
    key: key ? readMaterial('PGSSLKEY', key) : undefined,
  }
}
