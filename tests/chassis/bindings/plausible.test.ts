// Bindings of other products never stop the start, and a database that is bound is never replaced in silence.

import { expect, test } from 'vitest'
import { readBindings } from '../../../src/chassis/bindings/read-bindings.ts'
import { bound, complaintsOf, userProvided } from './fixtures/environment.ts'

const sentinels = {
  ...userProvided('cache', { master_name: 'm', sentinels: [{ host: 'h', port: 26379 }], password: 'MARKER' }),
  label: 'valkey-ha',
  tags: ['valkey'],
}

const others: [string, { label: string }][] = [
  ['a Valkey behind sentinels', sentinels],
  ['an Oracle by JDBC', userProvided('orders-db', { jdbcUrl: 'jdbc:oracle:thin:@//h:1521/x', host: 'h' })],
  ['an Oracle by its fields', userProvided('orders-db', { host: 'h', port: 1521, sid: 'x' })],
  ['a MySQL by its port', userProvided('orders-db', { host: 'h', port: 3306, user: 'u', password: 'MARKER' })],
  ['a MySQL by its engine', userProvided('orders-db', { host: 'h', engine: 'mysql', port: 5000 })],
  ['an API', userProvided('orders-cache', { host: 'h', api_key: 'MARKER' })],
  ['a PostgreSQL called redis', userProvided('redis', { host: 'h', port: 27017 })],
  ['nothing that is known', userProvided('orders-db', { hst: 'h' })],
]

test.each(others)('%s is listed as other, with a warning', (_, service) => {
  const bindings = readBindings(bound(service))

  expect(bindings.list()).toMatchObject([{ kind: 'other', attached: false }])
  expect(bindings.warnings).toEqual([expect.stringMatching(/^The binding "[\w-]+" is not used: /)])
  expect(bindings.warnings.join()).not.toContain('MARKER')
})

test('Sentinel is named as the reason, and refused where it is chosen', () => {
  expect(readBindings(bound(sentinels)).warnings[0]).toContain('Redis Sentinel is not supported')
  expect(complaintsOf({ ...bound(sentinels), CACHE_SERVICE: 'cache' })).toEqual([
    expect.stringMatching(/^The binding "cache" must contain an address like redis:/),
  ])
})

const inParts: [string, object][] = [
  ['host', { host: 'h', port: 5432, username: 'u', password: 'p', dbname: 'x', engine: 'postgres' }],
  ['hostname', { hostname: 'h', port: '5432', user: 'u', password: 'p', db_name: 'x' }],
  ['endpoint', { endpoint: 'h', port: 5432, master_username: 'u', master_password: 'p', database: 'x' }],
  ['address', { address: 'h:5432', username: 'u', password: 'p', database_name: 'x', engine: 'aurora-postgresql' }],
]

test.each(inParts)('an RDS that is given in parts by %s is attached', (_, credentials) => {
  const service = { ...userProvided('orders', credentials), label: 'aws-rds' }

  expect(readBindings(bound(service)).of('database')?.urls).toEqual(['postgres://u:p@h:5432/x'])
})

const ambiguous = userProvided('orders', { host: 'h', username: 'u', password: 'MARKER', dbname: 'x' })

test('a database of unknown product is refused, with both remedies', () => {
  expect(complaintsOf(bound(ambiguous))).toEqual([
    'The binding "orders" looks like a database: set DATABASE_SERVICE to its name if it is a PostgreSQL, or DATABASE_URL to sqlite:<file> for the embedded one.',
  ])
})

test('a database of unknown product is used where it is chosen, or left alone', () => {
  const chosen = readBindings({ ...bound(ambiguous), DATABASE_SERVICE: 'orders' })
  const left = readBindings({ ...bound(ambiguous), DATABASE_URL: 'sqlite:x.sqlite' })

  expect(chosen.of('database')?.urls).toEqual(['postgres://u:MARKER@h/x'])
  expect(left.of('database')?.name).toBe('DATABASE_URL')
})

test('a reference to CredHub that was not replaced is an error', () => {
  const service = userProvided('orders', { 'credhub-ref': '/c/MARKER' }, { tags: ['postgresql'] })

  expect(complaintsOf(bound(service))).toEqual([
    'The binding "orders" contains a credhub-ref that the platform has not replaced: restart when CredHub is available, or bind the service again.',
  ])
})

test('PGHOST without a database is a warning, since the embedded one is used', () => {
  expect(readBindings({ PGHOST: 'db.example' }).warnings).toEqual([
    expect.stringMatching(/^PGHOST is set but not read/),
  ])
  expect(readBindings({ PGHOST: 'db.example', DATABASE_URL: 'postgres://u:p@h/x' }).warnings).toEqual([])
})
