// Every way of requiring TLS, with a PostgreSQL that would also accept plain text, and with one that requires a client
// certificate. The server itself reports whether a connection is encrypted.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createAuthority, openssl } from 'private-servers/authority'
import { openPostgres, postgresMissing } from 'private-servers/postgres'
import { expect, test } from 'vitest'
import { shared } from '../attached/fixtures/shared.ts'
import { runService } from '../service.ts'
import { create, migrate, startTodos, untilReady } from './todos-service.ts'

const withTls = test.skipIf(openssl.missing() || postgresMissing())
const authority = shared(createAuthority)
const permissive = shared(async () => openPostgres({ tls: await authority(), plainToo: true }))
const strict = shared(async () => openPostgres({ tls: await authority(), clientCertificates: true }))

interface Files {
  caFile: string
  certFile: string
  keyFile: string
}

type Configure = (url: string, files: Files) => Record<string, string>

const unhurried = { DATABASE_TIMEOUT_MS: '30000' }

const encrypted: [string, Configure][] = [
  ['sslmode=no-verify', (url) => ({ DATABASE_URL: `${url}?sslmode=no-verify` })],
  ['PGSSLMODE=no-verify', (url) => ({ DATABASE_URL: url, PGSSLMODE: 'no-verify' })],
  ['sslrootcert', (url, { caFile }) => ({ DATABASE_URL: `${url}?sslmode=verify-full&sslrootcert=${caFile}` })],
  ['verify-ca', (url, { caFile }) => ({ DATABASE_URL: `${url}?sslmode=verify-ca&sslrootcert=${caFile}` })],
  [
    'PGSSLMODE=require',
    (url, { caFile }) => ({ DATABASE_URL: url, PGSSLMODE: 'require', NODE_EXTRA_CA_CERTS: caFile }),
  ],
  ['channel_binding', (url, { caFile }) => ({ DATABASE_URL: `${url}?channel_binding=require&sslrootcert=${caFile}` })],
  ['a binding', (uri, { caFile }) => services({ uri, sslmode: 'require', ca: readFileSync(caFile, 'utf8') })],
]

withTls.each(encrypted)('TLS that is required by %s is used', async (_, configure) => {
  const { url, query } = await permissive()
  const env = { ...configure(withoutQuery(url), await issueFiles()), ...unhurried }
  await migrate(env)
  await using service = await startTodos(env)
  await untilReady(service)

  expect((await create(service)).status).toBe(201)
  const connections = await query<{ ssl: boolean }>(
    "select ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'service'",
  )

  expect(connections.length).toBeGreaterThan(0)
  expect(connections.every(({ ssl }) => ssl)).toBe(true)
})

const identified: [string, Configure][] = [
  [
    'the address',
    (url, { caFile, certFile, keyFile }) => ({
      DATABASE_URL: `${url}?sslmode=verify-full&sslrootcert=${caFile}&sslcert=${certFile}&sslkey=${keyFile}`,
    }),
  ],
  [
    'variables',
    (url, { caFile, certFile, keyFile }) => ({
      ...{ DATABASE_URL: url, PGSSLMODE: 'verify-full', PGSSLROOTCERT: caFile, PGSSLCERT: certFile, PGSSLKEY: keyFile },
    }),
  ],
  [
    'a binding',
    (uri, { caFile, certFile, keyFile }) => {
      const [sslrootcert, sslcert, sslkey] = [caFile, certFile, keyFile].map((file) => readFileSync(file, 'utf8'))
      return services({ uri, sslrootcert, sslcert, sslkey })
    },
  ],
  ['a folder', (uri, files) => ({ SERVICE_BINDING_ROOT: writeFolder(uri, files) })],
]

withTls.each(identified)('a PostgreSQL that requires a certificate gets the one in %s', async (_, configure) => {
  const { url } = await strict()
  const env = { ...configure(withoutQuery(url), await issueFiles()), ...unhurried }
  await migrate(env)
  await using service = await startTodos(env)
  await untilReady(service)

  expect((await create(service)).status).toBe(201)
})

withTls('plain text against PGSSLMODE=require ends the start', async () => {
  const { code, log } = await runService({
    env: { DATABASE_URL: 'postgres://h/x?sslmode=disable', PGSSLMODE: 'require' },
  })

  expect(code).toBe(1)
  expect(log.text()).toContain('PGSSLMODE')
})

async function issueFiles(): Promise<Files> {
  const { caFile, issueClient } = await authority()
  return { caFile, ...(await issueClient('service')) }
}

const withoutQuery = (url: string) => url.replace(/\?.*/, '')

const services = (credentials: object) => ({
  VCAP_SERVICES: JSON.stringify({ 'user-provided': [{ name: 'bound', credentials }] }),
})

/** As servicebinding.io describes it, with the files of a Kubernetes TLS secret. */
function writeFolder(uri: string, { caFile, certFile, keyFile }: Files): string {
  const root = mkdtempSync(join(dirname(certFile), 'bindings-')) // It goes with the folder of the authority.
  const folder = join(root, 'orders')
  mkdirSync(folder)
  writeFileSync(join(folder, 'type'), 'postgresql')
  writeFileSync(join(folder, 'uri'), uri)
  cpSync(caFile, join(folder, 'ca.crt'))
  cpSync(certFile, join(folder, 'tls.crt'))
  cpSync(keyFile, join(folder, 'tls.key'))
  return root
}
