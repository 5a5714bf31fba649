// A private Redis, empty and by default without a password.

import { readFileSync } from 'node:fs'
import type { Authority } from './authority.ts'
import { findFreePort } from './free-port.ts'
import { type GuardedFolder, openGuardedFolder } from './guarded-folder.ts'
import { HOST, loopback, type PrivateServer, startServer } from './private-server.ts'
import { program } from './program.ts'

export interface RedisOptions {
  password?: string
  /** Issues the certificate. The server then accepts only TLS. */
  tls?: Authority
  /** Also requires a certificate of the authority from clients. */
  clientCertificates?: boolean
  /** Persists data across restarts. */
  appendonly?: boolean
  /** Starts it in cluster mode, without any slots. */
  cluster?: boolean
}

export const redis = program(['redis-server', 'valkey-server'], 'Redis is needed: apt-get install redis-server')

export async function openRedis(options: RedisOptions = {}): Promise<PrivateServer> {
  const { password = '', tls } = options
  const command = redis.path()
  const port = await findFreePort()
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(openGuardedFolder('redis'))
  const config = folder.write('redis.conf', await configuration(options, port, folder))
  const server = await startServer({
    name: 'Redis',
    folder,
    port,
    command: [command, config],
    ready: /ready to accept connections/i,
    stopSignal: 'SIGTERM',
  })
  opening.move()

  const url = `${tls ? 'rediss' : 'redis'}://${password && `:${encodeURIComponent(password)}@`}${HOST}:${port}`
  const credentials = { uri: url, host: HOST, port, ...(password && { password }), ...(tls && { ca: tls.ca }) }
  return { ...server, host: HOST, port, url, credentials }
}

async function configuration(options: RedisOptions, port: number, folder: GuardedFolder) {
  const { password, tls, clientCertificates, appendonly, cluster } = options
  // With a minus sign, Redis also starts if the address does not exist.
  const addresses = loopback().map((address) => `-${address}`)
  return [
    `bind ${addresses.join(' ')}`,
    'save ""',
    `appendonly ${appendonly ? 'yes' : 'no'}`,
    `dir ${folder.path}`,
    ...(cluster ? ['cluster-enabled yes', 'cluster-node-timeout 60000'] : []),
    ...(password ? [`requirepass ${JSON.stringify(password)}`] : []),
    ...(tls ? [authentication(clientCertificates), ...(await tlsLines(tls, port, folder))] : [`port ${port}`]),
    '',
  ].join('\n')
}

const authentication = (required = false) => `tls-auth-clients ${required ? 'yes' : 'no'}`

async function tlsLines(authority: Authority, port: number, folder: GuardedFolder): Promise<string[]> {
  const { certFile, keyFile } = await authority.issue()
  return [
    'port 0',
    `tls-port ${port}`,
    `tls-cert-file ${folder.write('server.crt', readFileSync(certFile, 'utf8'))}`,
    `tls-key-file ${folder.write('server.key', readFileSync(keyFile, 'utf8'))}`,
    `tls-ca-cert-file ${folder.write('ca.crt', authority.ca)}`,
  ]
}
