// A certificate authority for tests, which clients trust only if configured to, and the certificates that it issues.

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serverAccount } from './account.ts'
import { openGuardedFolder } from './guarded-folder.ts'
import { program } from './program.ts'

/** Files that private servers can read. */
export interface Certificate {
  certFile: string
  keyFile: string
}

export interface Authority extends AsyncDisposable {
  /** Its own certificate in PEM, and the file of this certificate. */
  ca: string
  caFile: string
  /** @param hosts in addition to localhost, 127.0.0.1 and ::1 */
  issue(...hosts: string[]): Promise<Certificate>
  /** A certificate by which a client identifies itself. @param name its common name */
  issueClient(name: string): Promise<Certificate>
}

export const openssl = program(['openssl'], 'TLS needs openssl: apt-get install openssl')

const OPENSSL_MS = 60_000
const VALID_DAYS = '2'
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Replaces the configuration of the system, which may add extensions. */
const configuration = `
[req]
prompt = no
distinguished_name = subject
x509_extensions = authority
[subject]
CN = Private authority
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
`

export async function createAuthority(): Promise<Authority> {
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(openGuardedFolder('authority'))
  const [caFile, caKey] = [join(folder.path, 'ca.pem'), join(folder.path, 'ca.key')]
  const config = folder.write('openssl.cnf', configuration)
  await run('req', '-x509', ...NEW_KEY, '-days', VALID_DAYS, '-config', config, '-keyout', caKey, '-out', caFile)
  const ca = readFileSync(caFile, 'utf8')
  let issued = 0
  opening.move()

  return { ca, caFile, issue, issueClient, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }

  async function issue(...hosts: string[]): Promise<Certificate> {
    return sign(hosts[0] ?? 'localhost', extensionsFor(['localhost', '127.0.0.1', '::1', ...hosts]))
  }

  async function issueClient(name: string): Promise<Certificate> {
    return sign(name, 'basicConstraints = CA:FALSE\nextendedKeyUsage = clientAuth')
  }

  async function sign(commonName: string, extensions: string): Promise<Certificate> {
    const name = `issued-${++issued}`
    const [certFile, keyFile] = [join(folder.path, `${name}.pem`), join(folder.path, `${name}.key`)]
    const extensionsFile = folder.write(`${name}.ext`, extensions)
    const request = join(folder.path, `${name}.csr`)
    const subject = ['-subj', `/CN=${commonName}`, '-config', config]
    await run('req', '-new', ...NEW_KEY, ...subject, '-keyout', keyFile, '-out', request)
    const signing = ['-CA', caFile, '-CAkey', caKey, '-set_serial', `${issued}`, '-days', VALID_DAYS]
    await run('x509', '-req', '-in', request, ...signing, '-extfile', extensionsFile, '-out', certFile)
    return { certFile, keyFile }
  }
}

async function run(...args: string[]) {
  await promisify(execFile)(openssl.path(), args, {
    timeout: OPENSSL_MS,
    cwd: '/',
    env: { PATH: process.env.PATH },
    ...serverAccount(),
  })
}

function extensionsFor(hosts: string[]): string {
  const names = hosts.map((host) => `${isIP(host) ? 'IP' : 'DNS'}:${host}`)
  return ['basicConstraints = CA:FALSE', 'extendedKeyUsage = serverAuth', `subjectAltName = ${names.join(', ')}`].join(
    '\n',
  )
}
