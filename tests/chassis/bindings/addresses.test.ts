// From credentials to addresses: what brokers leave out, spell differently, or forget to encode.

import fc from 'fast-check'
import pg from 'pg'
import { expect, test } from 'vitest'
import { readBindings } from '../../../src/chassis/bindings/read-bindings.ts'
import { bound, complaintsOf, urlOf, userProvided } from './fixtures/environment.ts'

test('any user and password in separate fields can be read from the address', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.string({ unit: 'grapheme' }),
      (username, password) => {
        const url = new URL(urlOf('database', 'db', { host: 'db.example', username, password }) ?? '')

        expect([url.username, url.password].map(decodeURIComponent)).toEqual([username, password])
      },
    ),
  )
})

test('any unencoded password in an address can be read from it, or is an error', () => {
  const unit = fc.constantFrom(...'a1:/?#@[]&= ä.')
  fc.assert(
    fc.property(fc.string({ unit, minLength: 1 }), (password) => {
      const env = { AMQP_URL: `amqp://user:${password}@rabbit.example:5672/vhost` }
      if (complaintsOf(env).length > 0) return
      const url = new URL(readBindings(env).of('broker')?.urls[0] ?? '')

      expect([url.username, decodeURIComponent(url.password), url.host, url.pathname]).toEqual([
        'user',
        password,
        'rabbit.example:5672',
        '/vhost',
      ])
    }),
    { numRuns: 1000 },
  )
})

const addresses: [string, string][] = [
  ['amqp://u:p@ss/w#rd@host:5672/v', 'amqp://u:p%40ss%2Fw%23rd@host:5672/v'],
  ['amqp://u:p%40ss%2Fw@host/%2F', 'amqp://u:p%40ss%2Fw@host/%2F'],
  ['amqp://u:100%@host', 'amqp://u:100%25@host'],
  ['amqp://u:p%40 q@host', 'amqp://u:p%40%20q@host'],
  ['amqp://user@tenant:secret@host', 'amqp://user%40tenant:secret@host'],
  ['amqp://u:12/34@host/v', 'amqp://u:12%2F34@host/v'],
  ['AMQP://host/v?heartbeat=10&frame_max=0', 'amqp://host/v?heartbeat=10&frame_max=0'],
  ['amqp+ssl://host', 'amqps://host'],
  ['amqp://[::1]:5672/v', 'amqp://[::1]:5672/v'],
  [' amqp://host\n', 'amqp://host'],
]

test.each(addresses)('the address %s becomes %s', (written, expected) => {
  expect(readBindings({ AMQP_URL: written }).of('broker')?.urls).toEqual([expected])
})

const strange = [
  'amqp://',
  'amqp:///vhost',
  'amqp://host:port/v',
  'amqp://host:99999',
  'amqp://ho st/v',
  'amqp://host/v#fragment',
  'amqp://u:1?x=1@host',
]

test.each(strange)('the address %s is an error', (written) => {
  expect(complaintsOf({ AMQP_URL: written })).toEqual([
    'AMQP_URL must contain an address like amqp://user:password@host:5672/vhost, with special characters percent-encoded.',
  ])
})

test('an address with several hosts becomes one address per host', () => {
  const url = 'memcached://user:secret@one.example:11211,[::2]:11211'

  expect(readBindings({ MEMCACHED_URL: url }).of('memcached')?.urls).toEqual([
    'memcached://user:secret@one.example:11211',
    'memcached://user:secret@[::2]:11211',
  ])
})

test('the address of a database is composed of its fields', () => {
  const credentials = { hostname: 'db.example', port: '5433', user: 'me', password: 'p@ss', dbname: 'or ders' }

  expect(urlOf('database', 'orders-db', credentials)).toBe('postgres://me:p%40ss@db.example:5433/or%20ders')
})

test('the virtual host / of a broker is encoded', () => {
  const credentials = { host: 'rabbit.example', username: 'me', password: 'x', virtual_host: '/' }

  expect(urlOf('broker', 'rabbitmq', credentials)).toBe('amqp://me:x@rabbit.example/%2F')
})

test('an IPv6 host gets brackets', () => {
  expect(urlOf('redis', 'redis', { host: '2001:db8::7', port: 6379 })).toBe('redis://[2001:db8::7]:6379')
})

test('a host that has a port keeps it', () => {
  const { urls } = readBindings(
    bound(userProvided('memcached', { hosts: ['a.example:7000', 'b.example'], port: 11211 })),
  ).of('memcached') ?? { urls: [] }

  expect(urls).toEqual(['memcached://a.example:7000', 'memcached://b.example:11211'])
})

test('a password may contain anything, and keeps its spaces', () => {
  expect(urlOf('redis', 'redis', { host: 'h', password: ' ["x"] ' })).toBe('redis://:%20%5B%22x%22%5D%20@h')
})

test('user and password beside an address complete it', () => {
  const credentials = { uri: 'amqp://rabbit.example/v', username: 'me', password: 'p@ss' }

  expect(urlOf('broker', 'rabbitmq', credentials)).toBe('amqp://me:p%40ss@rabbit.example/v')
})

test('user and password in an address are not replaced', () => {
  const credentials = { uri: 'amqp://me:mine@rabbit.example/v', username: 'you', password: 'yours' }

  expect(urlOf('broker', 'rabbitmq', credentials)).toBe('amqp://me:mine@rabbit.example/v')
})

test('spaces and line breaks around an address are removed', () => {
  expect(urlOf('redis', 'redis', { uri: ' redis://h\n' })).toBe('redis://h')
})

test('an address for JDBC is ignored', () => {
  const credentials = { uri: 'jdbc:postgresql://other.example/x', host: 'db.example' }

  expect(urlOf('database', 'orders-db', credentials)).toBe('postgres://db.example')
})

const secured: [object, string][] = [
  [{ host: 'h', port: 6379, tls: true }, 'rediss://h:6379'],
  [{ host: 'h', port: 6379, ssl: 'true' }, 'rediss://h:6379'],
  [{ host: 'h', port: 6379, tls_port: '6380' }, 'rediss://h:6380'],
  [{ uri: 'redis://:x@[::1]:6379', tls_port: 6380 }, 'rediss://:x@[::1]:6380'],
  [{ host: 'h', port: 6379, tls_port: 6380, tls: false }, 'redis://h:6379'],
  [{ host: 'h', port: 6379, tls_port: 0 }, 'redis://h:6379'],
  [{ uri: 'rediss://h', ssl: false }, 'rediss://h'],
]

test.each(secured)('the credentials %j are those of %s', (credentials, expected) => {
  const redis = readBindings(bound(userProvided('redis', credentials))).of('redis')

  expect(redis).toMatchObject({
    urls: [expected],
    tls: expected.startsWith('rediss:') ? { verify: 'full' } : undefined,
  })
})

test('a RabbitMQ that only lists its protocols is used with TLS', () => {
  const tls = { host: 'rabbit.example', port: 5671, username: 'me', password: 'x', vhost: 'v', ssl: true }
  const plain = { ...tls, port: 5672, ssl: false }

  expect(urlOf('broker', 'rabbitmq', { protocols: { amqp: plain, 'amqp+ssl': tls } })).toBe(
    'amqps://me:x@rabbit.example:5671/v',
  )
})

test('a RabbitMQ with TLS is not used with the plain address beside it', () => {
  const uri = 'amqps://me:x@rabbit.example:5671/v'
  const credentials = { ssl: true, uri: 'amqp://me:x@rabbit.example:5672/v', protocols: { 'amqp+ssl': { uri } } }

  expect(urlOf('broker', 'rabbitmq', credentials)).toBe(uri)
})

test('a RabbitMQ without TLS may also only list its protocol', () => {
  const plain = { uri: 'amqp://me:x@rabbit.example:5672/v', ssl: false }

  expect(urlOf('broker', 'rabbitmq', { ssl: false, protocols: { amqp: plain } })).toBe(plain.uri)
})

test('an empty certificate is ignored', () => {
  const service = userProvided('orders-db', { host: 'db.example', sslcert: '', sslrootcert: '' })

  expect(readBindings(bound(service)).of('database')).toEqual({
    kind: 'database',
    name: 'orders-db',
    source: 'VCAP_SERVICES',
    urls: ['postgres://db.example'],
    tls: undefined,
  })
})

test('a service that is offered as a database and has no address is an error', () => {
  const service = userProvided('orders', { hst: 'db.example' }, { tags: ['postgresql'] })

  expect(complaintsOf(bound(service))).toEqual([
    'The binding "orders" must contain an address like postgres://user:password@host:5432/name, or host and port.',
  ])
})

test.each(['ho st', 'host/path', 'redis://host', 'host:$port'])('the host %s is an error', (host) => {
  expect(complaintsOf(bound(userProvided('redis', { host })))).toEqual([
    'The binding "redis" must contain an address like redis://user:password@host:6379, with special characters percent-encoded.',
  ])
})

test('several hosts of an upstream service are an error, because its client uses one', () => {
  expect(complaintsOf({ UPSTREAM_URL: 'https://dead.example,alive.example/x' })).toEqual([
    'UPSTREAM_URL must contain one host: its client does not try several.',
  ])
})

test.each([
  ['DATABASE_URL', 'database', 'postgres:', '/x'],
  ['REDIS_URL', 'redis', 'redis:', '/0'],
  ['AMQP_URL', 'broker', 'amqp:', '/x'],
] as const)('several hosts of %s become several addresses', (variable, kind, scheme, path) => {
  const { of } = readBindings({ [variable]: `${scheme}//a.example:1,b.example:2${path}` })

  expect(of(kind)?.urls).toEqual([`${scheme}//a.example:1${path}`, `${scheme}//b.example:2${path}`])
})

const sockets = [
  'postgres://u:p@/x?host=/var/run/postgresql',
  'postgres:///x?user=u&password=p&host=/var/run/postgresql',
  'postgresql://u:p@%2Fvar%2Frun%2Fpostgresql/x',
]

test.each(sockets)('the address %s is that of a Unix socket', async (url) => {
  const { urls = [], tls } = readBindings({ DATABASE_URL: url, PGSSLMODE: 'require' }).of('database') ?? {}

  const { host, user, password, database } = new pg.Client({ connectionString: urls[0] })

  expect({ host, user, password, database, tls }).toEqual({
    host: '/var/run/postgresql',
    user: 'u',
    password: 'p',
    database: 'x',
    tls: undefined,
  })
})

test.each(['unix:///run/redis.sock', 'redis+unix:///run/redis.sock'])('%s is an error that gives the reason', (url) => {
  expect(complaintsOf({ REDIS_URL: url })).toEqual([
    'REDIS_URL must begin with redis: or rediss:; Unix sockets are not supported.',
  ])
})
