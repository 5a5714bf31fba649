// A private PostgreSQL with a database "service" and a user "service", which owns the database and has no other rights.

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { Authority } from './authority.ts'
import { findFreePort } from './free-port.ts'
import { type GuardedFolder, openGuardedFolder } from './guarded-folder.ts'
import { createCluster, SUPERUSER, SUPERUSER_PASSWORD } from './postgres-cluster.ts'
import { findPostgres } from './postgres-programs.ts'
import { HOST, loopback, type PrivateServer, startServer } from './private-server.ts'

export interface PostgresOptions {
  /** Of the user "service". */
  password?: string
  /** Issues the certificate. The user can then connect only by TLS. */
  tls?: Authority
  /** Accepts plain text beside TLS. */
  plainToo?: boolean
  /** Also requires a certificate of the authority whose common name is that of the user. */
  clientCertificates?: boolean
  /**
   * As in postgresql.conf, for example `max_connections`. `fsync` is off, because data survives a `kill -9` without it.
   */
  settings?: Record<string, string>
}

export interface PrivatePostgres extends PrivateServer {
  /** Runs a query as superuser in a new connection, by default in the database "service". */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[], options?: QueryOptions): Promise<Row[]>
  /** Creates another database that the user owns. @returns its URL */
  createDatabase(name: string): Promise<string>
}

export interface QueryOptions {
  database?: string
}

const USER = 'service'
const QUERY_MS = 60_000

export { postgresMissing } from './postgres-programs.ts'

export async function openPostgres(options: PostgresOptions = {}): Promise<PrivatePostgres> {
  const { password = 'secret', tls } = options
  const programs = findPostgres()
  const port = await findFreePort()
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(openGuardedFolder('postgres'))
  const data = await createCluster(programs.initdb, folder)
  const settings = await settingsOf(options, port, folder)
  const server = await startServer({
    name: 'PostgreSQL',
    folder,
    port,
    command: [
      programs.postgres,
      '-D',
      data,
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    ready: /database system is ready to accept connections/,
    // The fast shutdown does not wait for clients to disconnect.
    stopSignal: 'SIGINT',
    // Releases the shared memory.
    lastSignal: 'SIGQUIT',
  })
  await query(`create role ${USER} login password ${pg.escapeLiteral(password)}`, [], { database: SUPERUSER })
  const url = await createDatabase(USER)
  opening.move()

  const login = { username: USER, password, name: USER }
  const credentials = { uri: url, host: HOST, port, ...login, ...(tls && { ca: tls.ca }) }
  return { ...server, host: HOST, port, url, credentials, query, createDatabase, kill }

  async function kill() {
    const shared = sharedMemoryOf(data)
    await server.kill()
    // Otherwise only a restart would remove the segment, and their number is limited.
    if (shared) await promisify(execFile)('ipcrm', ['-m', shared]).catch(() => {})
  }

  async function createDatabase(name: string): Promise<string> {
    await query(`create database ${pg.escapeIdentifier(name)} owner ${USER}`, [], { database: SUPERUSER })
    const login = `${USER}:${encodeURIComponent(password)}`
    return `postgres://${login}@${HOST}:${port}/${encodeURIComponent(name)}${tls ? '?sslmode=verify-full' : ''}`
  }

  async function query<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = [], { database = USER } = {}) {
    const client = new pg.Client({
      host: HOST,
      port,
      user: SUPERUSER,
      password: SUPERUSER_PASSWORD,
      database,
      connectionTimeoutMillis: QUERY_MS,
      query_timeout: QUERY_MS,
    })
    // The server may be killed during a query, which then fails.
    client.on('error', () => {})
    try {
      await client.connect()
      return (await client.query<Row>(sql, values)).rows
    } finally {
      await client.end()
    }
  }
}

async function settingsOf(
  { tls, plainToo, clientCertificates, settings }: PostgresOptions,
  port: number,
  folder: GuardedFolder,
) {
  return {
    port: String(port),
    listen_addresses: loopback().join(','),
    unix_socket_directories: '',
    hba_file: folder.write(
      'pg_hba.conf',
      accessRules(tls && !plainToo ? 'hostssl' : 'host', clientCertificates ? 'clientcert=verify-full' : ''),
    ),
    // In files of the data folder, which is removed however the server ends.
    dynamic_shared_memory_type: 'mmap',
    fsync: 'off',
    ...(tls && (await tlsSettings(tls, folder))),
    ...settings,
  }
}

const accessRules = (connection: 'host' | 'hostssl', options: string) =>
  [`host all ${SUPERUSER} samehost scram-sha-256`, `${connection} all all samehost scram-sha-256 ${options}`, ''].join(
    '\n',
  )

async function tlsSettings(authority: Authority, folder: GuardedFolder) {
  const { certFile, keyFile } = await authority.issue()
  return {
    ssl: 'on',
    ssl_cert_file: folder.write('server.crt', readFileSync(certFile, 'utf8')),
    ssl_ca_file: folder.write('ca.crt', authority.ca),
    ssl_key_file: folder.write('server.key', readFileSync(keyFile, 'utf8')),
  }
}

/** The id of the shared memory segment, at the end of the seventh line. */
function sharedMemoryOf(data: string): string | undefined {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[6]?.trim().split(/\s+/)[1]
  } catch {
    return undefined
  }
}
