// Every place that can require TLS, and what becomes of it: it is done, or refused at start.

import { mkdtempDisposableSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readBindings } from '../../../src/chassis/bindings/read-bindings.ts'
import type { Tls } from '../../../src/ports/bindings.ts'
import { authority, bound, complaintsOf, userProvided } from './fixtures/environment.ts'

const authorityFile = new URL('fixtures/authority.pem', import.meta.url).pathname
const url = 'postgres://h/x'
const full: Tls = { verify: 'full' }
const trusting: Tls = { verify: 'full', ca: [authority] }

const database = (credentials: object) => bound(userProvided('orders-db', { host: 'db.example', ...credentials }))

const requests: [what: string, env: NodeJS.ProcessEnv, tls: Tls | undefined][] = [
  ['nothing', { DATABASE_URL: url }, undefined],
  ['sslmode=disable', { DATABASE_URL: `${url}?sslmode=disable` }, undefined],
  ['ssl=false', { DATABASE_URL: `${url}?ssl=false` }, undefined],
  ['PGSSLMODE=disable', { DATABASE_URL: url, PGSSLMODE: 'disable' }, undefined],
  ['sslmode=require', { DATABASE_URL: `${url}?sslmode=require` }, full],
  ['a second parameter', { DATABASE_URL: `${url}?a=b&sslmode=verify-full` }, full],
  ['ssl=true', { DATABASE_URL: `${url}?ssl=true` }, full],
  ['ssl=1', { DATABASE_URL: `${url}?ssl=1` }, full],
  ['ssl=no-verify', { DATABASE_URL: `${url}?ssl=no-verify` }, { verify: 'none' }],
  ['sslmode=no-verify', { DATABASE_URL: `${url}?sslmode=no-verify` }, { verify: 'none' }],
  ['libpq’s require', { DATABASE_URL: `${url}?sslmode=require&uselibpqcompat=true` }, { verify: 'none' }],
  ['sslrootcert alone', { DATABASE_URL: `${url}?sslrootcert=${authorityFile}` }, trusting],
  ['sslrootcert=system', { DATABASE_URL: `${url}?sslrootcert=system` }, full],
  [
    'verify-ca with an authority',
    { DATABASE_URL: `${url}?sslmode=verify-ca&sslrootcert=${authorityFile}` },
    { verify: 'ca', ca: [authority] },
  ],
  ['channel_binding', { DATABASE_URL: `${url}?channel_binding=require` }, { verify: 'full', channelBinding: true }],
  ['PGSSLMODE=require', { DATABASE_URL: url, PGSSLMODE: 'require' }, full],
  ['PGSSLMODE=no-verify', { DATABASE_URL: url, PGSSLMODE: 'no-verify' }, { verify: 'none' }],
  ['PGSSLROOTCERT', { DATABASE_URL: url, PGSSLROOTCERT: authorityFile }, trusting],
  ['prefer, decided by PGSSLMODE', { DATABASE_URL: `${url}?sslmode=prefer`, PGSSLMODE: 'require' }, full],
  ['an address that says more', { DATABASE_URL: `${url}?sslmode=no-verify`, PGSSLMODE: 'require' }, { verify: 'none' }],
  ['PGSSLMODE for a binding', { ...database({}), PGSSLMODE: 'require' }, full],
  ['a binding that contradicts itself', database({ uri: `${url}?sslmode=disable`, tls: true }), full],
  ['a binding against PGSSLMODE=disable', { ...database({ tls: true }), PGSSLMODE: 'disable' }, full],
  ['the field sslmode', database({ sslmode: 'verify-full' }), full],
  ['the field sslmode=no-verify', database({ sslmode: 'no-verify' }), { verify: 'none' }],
  ['the field use_ssl', database({ use_ssl: true }), full],
]

test.each(requests)('TLS of a database: %s', (_, env, tls) => {
  const binding = readBindings(env).of('database')

  expect(binding?.tls).toEqual(tls)
  expect(binding?.urls.join()).not.toMatch(/ssl|channel/)
})

const clients: [variable: string, url: string, kind: 'redis' | 'broker', tls: Tls | undefined, scheme: string][] = [
  ['REDIS_URL', 'redis://h', 'redis', undefined, 'redis:'],
  ['REDIS_URL', 'rediss://h', 'redis', full, 'rediss:'],
  ['REDIS_URL', 'redis://h?tls=true', 'redis', full, 'rediss:'],
  ['REDIS_URL', 'rediss://h?ssl_cert_reqs=none', 'redis', { verify: 'none' }, 'rediss:'],
  ['REDIS_URL', `rediss://h?ssl_ca_certs=${authorityFile}`, 'redis', trusting, 'rediss:'],
  ['AMQP_URL', `amqps://h?cacertfile=${authorityFile}&verify=verify_peer`, 'broker', trusting, 'amqps:'],
  ['AMQP_URL', 'amqps://h?verify=verify_none', 'broker', { verify: 'none' }, 'amqps:'],
]

test.each(clients)('TLS by %s=%s', (variable, address, kind, tls, scheme) => {
  expect(readBindings({ [variable]: address }).of(kind)).toMatchObject({ urls: [`${scheme}//h`], tls })
})

const refused: [env: NodeJS.ProcessEnv, complaint: RegExp][] = [
  [
    { DATABASE_URL: `${url}?sslmode=prefer` },
    /^DATABASE_URL leaves it to the server whether to encrypt.*require or disable/,
  ],
  [{ DATABASE_URL: url, PGSSLMODE: 'allow' }, /^DATABASE_URL leaves it to the server/],
  [{ DATABASE_URL: `${url}?sslmode=REQUIRE` }, /^sslmode in DATABASE_URL must be disable, .*no-verify\.$/],
  [{ DATABASE_URL: url, PGSSLMODE: 'on' }, /^PGSSLMODE must be disable/],
  [{ DATABASE_URL: `${url}?ssl=maybe` }, /^ssl in DATABASE_URL must be/],
  [{ DATABASE_URL: `${url}?ssl=true&sslmode=disable` }, /must not both switch TLS off/],
  [
    { DATABASE_URL: `${url}?sslmode=disable`, PGSSLMODE: 'require' },
    /switches TLS off, but PGSSLMODE requires it: unset/,
  ],
  [{ DATABASE_URL: `${url}?sslmode=verify-ca` }, /must come with the authority to check against/],
  [{ DATABASE_URL: `${url}?sslmode=no-verify&channel_binding=require` }, /channel binding, which needs sslmode=/],
  [{ DATABASE_URL: `${url}?sslrootcert=/nowhere/MARKER` }, /^sslrootcert in DATABASE_URL must name a file.*ENOENT/],
  [{ DATABASE_URL: url, PGSSLROOTCERT: '/nowhere' }, /^PGSSLROOTCERT must name a file that can be read \(ENOENT\)/],
  [{ DATABASE_URL: `${url}?sslcert=${authorityFile}` }, /^sslcert in DATABASE_URL needs the key/],
  [{ DATABASE_URL: `${url}?sslcrl=/x` }, /a parameter of TLS that is not supported/],
  [{ DATABASE_URL: `${url}?sslnegotiation=direct` }, /^sslnegotiation in DATABASE_URL must be postgres/],
  [{ DATABASE_URL: url, PGREQUIRESSL: '1' }, /^PGREQUIRESSL is not supported by the client: unset it/],
  [{ DATABASE_URL: url, PGSSLCRL: '/x' }, /^PGSSLCRL is not supported by the client: unset it/],
  [{ REDIS_URL: 'rediss://h?ssl_version=3' }, /^REDIS_URL contains a parameter of TLS/],
  [database({ client_cert: authority }), /^the certificate in the binding "orders-db" needs the key/],
  [database({ ca: 'MARKER' }), /^the authority in the binding "orders-db" must contain certificates/],
  [database({ ca: authority.replace('M', 'N').replaceAll('A', 'B') }), /one of them can't be parsed/],
]

test.each(refused)('%j is refused', (env, complaint) => {
  const complaints = complaintsOf(env)

  expect(complaints).toEqual([expect.stringMatching(complaint)])
  expect(complaints.join()).not.toContain('MARKER')
})

const spellings = [
  ...['ca', 'cacert', 'ca_cert', 'ca_certificate', 'certificate', 'certificates', 'ca.crt', 'sslrootcert', 'sslcert'],
  ...['server_ca', 'ssl_ca'],
]

test.each(spellings)('the authority in the field %s is trusted', (field) => {
  expect(readBindings(database({ [field]: authority })).of('database')?.tls).toEqual(trusting)
})

test.each([{ ca: authority }, { cert: authority }, { cert: { ca: authority } }])(
  'the authority in the object tls is trusted',
  (tls) => {
    expect(readBindings(database({ tls })).of('database')?.tls).toEqual(trusting)
  },
)

const damages: [string, (pem: string) => string][] = [
  ['blanks in place of line ends', (pem) => pem.replaceAll('\n', ' ')],
  ['escaped line ends', (pem) => pem.replaceAll('\n', '\\n')],
  ['twice escaped line ends of Windows', (pem) => pem.replaceAll('\n', '\\r\\n')],
  ['line ends of Windows', (pem) => pem.replaceAll('\n', '\r\n')],
  ['no line ends', (pem) => pem.replaceAll('\n', '')],
  ['no armour', (pem) => pem.replace(/-----[^-]+-----/g, '')],
  ['base64 around the armour', (pem) => Buffer.from(pem).toString('base64')],
  ['text before the armour', (pem) => `subject=CN=Test\n${pem}`],
]

test.each(damages)('an authority with %s is repaired', (_, damage) => {
  expect(readBindings(database({ ca: damage(authority) })).of('database')?.tls).toEqual(trusting)
})

test('several certificates in one text are trusted', () => {
  expect(readBindings(database({ ca: authority + authority })).of('database')?.tls?.ca).toEqual([authority, authority])
})

test('a broken file in the platform’s folder is skipped with a warning', () => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'authorities-'))
  onTestFinished(folder.remove)
  writeFileSync(join(folder.path, 'a.crt'), authority)
  writeFileSync(join(folder.path, 'b.crt'), 'nonsense')
  symlinkSync('/nowhere', join(folder.path, 'c.crt'))

  const bindings = readBindings({ REDIS_URL: 'rediss://h', CF_SYSTEM_CERT_PATH: folder.path })

  expect(bindings.of('redis')?.tls).toEqual(trusting)
  expect(bindings.warnings).toEqual([
    'b.crt in CF_SYSTEM_CERT_PATH is skipped (not a certificate).',
    'c.crt in CF_SYSTEM_CERT_PATH is skipped (ENOENT).',
  ])
})

test('a platform’s folder that is missing is a warning', () => {
  const { warnings } = readBindings({ REDIS_URL: 'rediss://h', CF_SYSTEM_CERT_PATH: '/nowhere' })

  expect(warnings).toEqual(["CF_SYSTEM_CERT_PATH can't be read (ENOENT)."])
})
