// A private PgBouncer, the connection pooler that many providers put in front of PostgreSQL.

import { findFreePort } from './free-port.ts'
import { openGuardedFolder } from './guarded-folder.ts'
import type { PrivatePostgres } from './postgres.ts'
import { HOST, loopback, type PrivateServer, startServer } from './private-server.ts'
import { program } from './program.ts'

export interface PgbouncerOptions {
  /** Whether a client keeps a connection to the server for a transaction or until it disconnects. */
  mode: 'transaction' | 'session'
  /** As in pgbouncer.ini: `ignore_startup_parameters`, `max_client_conn`. */
  settings?: Record<string, string>
}

export const pgbouncer = program(['pgbouncer', '/usr/sbin/pgbouncer'], 'PgBouncer is needed: apt-get install pgbouncer')

/** In front of every database of this server, for its user "service". */
export async function openPgbouncer(server: PrivatePostgres, options: PgbouncerOptions): Promise<PrivateServer> {
  const path = pgbouncer.path()
  const port = await findFreePort()
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(openGuardedFolder('pgbouncer'))
  const { username, password, name } = server.credentials
  const users = folder.write('users.txt', `"${username}" "${password}"\n`)
  const started = await startServer({
    name: 'PgBouncer',
    folder,
    port,
    command: [path, folder.write('pgbouncer.ini', configuration({ server, port, users, ...options }))],
    ready: /process up/,
    stopSignal: 'SIGTERM',
  })
  opening.move()

  const url = `postgres://${username}:${encodeURIComponent(String(password))}@${HOST}:${port}/${name}`
  return { ...started, host: HOST, port, url, credentials: { ...server.credentials, uri: url, port } }
}

interface Configuration extends PgbouncerOptions {
  server: PrivatePostgres
  port: number
  users: string
}

function configuration({ server, port, users, mode, settings }: Configuration): string {
  const lines = {
    listen_addr: loopback().join(','),
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: users,
    pool_mode: mode,
    ...settings,
  }
  const written = Object.entries(lines).map(([key, value]) => `${key} = ${value}`)
  return ['[databases]', `* = host=${server.host} port=${server.port}`, '[pgbouncer]', ...written, ''].join('\n')
}
