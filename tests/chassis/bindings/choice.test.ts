// Which of several services is used: variables take precedence over bindings, except for the DATABASE_URL that Cloud
// Foundry writes.

import { expect, test } from 'vitest'
import { readBindings } from '../../../src/chassis/bindings/read-bindings.ts'
import { bindingSettings } from '../../../src/chassis/bindings/settings.ts'
import { unsupportedVariables } from '../../../src/chassis/bindings/tls-variables.ts'
import type { Kind } from '../../../src/ports/bindings.ts'
import { bound, complaintsOf, documentOf, userProvided } from './fixtures/environment.ts'

const postgres = (name: string, more: object = {}) => userProvided(name, { uri: `postgres://${name}.example/x` }, more)
const redis = (name: string) => userProvided(name, { uri: `redis://${name}.example` })
const memcached = (name: string) => userProvided(name, { uri: `memcached://${name}.example` })

const variables: [string, string, Kind][] = [
  ['DATABASE_URL', 'postgres://h/x', 'database'],
  ['DATABASE_URL', 'sqlite:./orders.sqlite', 'database'],
  ['DATABASE_URL', 'sqlite::memory:', 'database'],
  ['REDIS_URL', 'redis://h', 'redis'],
  ['REDIS_URL', 'rediss://h', 'redis'],
  ['MEMCACHED_URL', 'memcached://h', 'memcached'],
  ['AMQP_URL', 'amqp://h', 'broker'],
  ['UPSTREAM_URL', 'http://h/x', 'upstream'],
]

test.each(variables)('%s=%s is the address of the %s', (variable, url, kind) => {
  const bindings = readBindings({ [variable]: url })

  expect(bindings.of(kind)).toMatchObject({ kind, name: variable, source: variable, urls: [url] })
  expect(bindings.list()).toEqual([{ kind, name: variable, source: variable, attached: true }])
})

const wrong: [string, string, string][] = [
  ['DATABASE_URL', 'mysql2://h/x', 'DATABASE_URL must begin with postgres: or sqlite:.'],
  ['DATABASE_URL', 'sqlite:', 'DATABASE_URL must name a file: sqlite:<file>.'],
  ['REDIS_URL', 'h:6379', 'REDIS_URL must begin with redis: or rediss:.'],
  ['MEMCACHED_URL', 'h:11211', 'MEMCACHED_URL must begin with memcached:.'],
  ['AMQP_URL', 'http://h', 'AMQP_URL must begin with amqp: or amqps:.'],
  ['UPSTREAM_URL', 'ftp://h', 'UPSTREAM_URL must begin with http: or https:.'],
  [
    'UPSTREAM_URL',
    'https://:80',
    'UPSTREAM_URL must contain an address like https://host/path, with special characters percent-encoded.',
  ],
]

test.each(wrong)('%s=%s is an error', (variable, url, complaint) => {
  expect(complaintsOf({ [variable]: url })).toEqual([complaint])
})

test('all errors are reported at once', () => {
  const env = { VCAP_SERVICES: '{', SERVICE_BINDING_ROOT: '/nowhere', REDIS_URL: 'x', AMQP_URL: 'x' }

  expect(complaintsOf(env)).toHaveLength(4)
})

test('a variable takes precedence over a binding, which is still listed', () => {
  const bindings = readBindings({ ...bound(redis('orders')), REDIS_URL: 'redis://mine.example' })

  expect(bindings.of('redis')?.urls).toEqual(['redis://mine.example'])
  expect(bindings.list()).toMatchObject([
    { name: 'REDIS_URL', attached: true },
    { name: 'orders', attached: false },
  ])
})

test('a variable makes a choice among several bindings unnecessary', () => {
  const env = { ...bound(redis('orders'), redis('sessions')), REDIS_URL: 'redis://mine.example' }

  expect(readBindings(env).of('redis')?.name).toBe('REDIS_URL')
})

test('several bindings of a kind without a choice are an error', () => {
  expect(complaintsOf(bound(postgres('orders'), postgres('billing')))).toEqual([
    'DATABASE_SERVICE must name one of the bound services "orders", "billing".',
  ])
})

test('the chosen binding is attached', () => {
  const env = { ...bound(postgres('orders'), postgres('billing')), DATABASE_SERVICE: 'billing' }

  expect(readBindings(env).of('database')?.name).toBe('billing')
})

test('a choice may be the name of an instance', () => {
  const services = bound(postgres('orders', { instance_name: 'db-1' }), postgres('billing', { instance_name: 'db-2' }))

  expect(readBindings({ ...services, DATABASE_SERVICE: 'db-1' }).of('database')?.name).toBe('orders')
})

test('the name of a binding takes precedence over the name of an instance', () => {
  const services = bound(postgres('orders', { instance_name: 'billing' }), postgres('billing'))

  expect(readBindings({ ...services, DATABASE_SERVICE: 'billing' }).of('database')?.name).toBe('billing')
})

test('a choice that several bindings match is an error', () => {
  const services = bound(postgres('orders', { instance_name: 'db' }), postgres('billing', { instance_name: 'db' }))

  expect(complaintsOf({ ...services, DATABASE_SERVICE: 'db' })).toEqual([
    'DATABASE_SERVICE names several bound services: give each binding a name of its own.',
  ])
})

test('a choice that matches no binding is an error that lists the bindings', () => {
  expect(complaintsOf({ ...bound(postgres('orders'), redis('cache')), DATABASE_SERVICE: 'cache' })).toEqual([
    'DATABASE_SERVICE must name one of the bound services "orders".',
  ])
})

test('a choice without bindings is an error', () => {
  expect(complaintsOf({ DATABASE_SERVICE: 'orders' })).toEqual([
    'DATABASE_SERVICE is set, but no such service is bound: bind one, or unset it.',
  ])
})

const conventions: [string, Kind, string][] = [
  ['database', 'database', 'postgres://h/x'],
  ['cache', 'redis', 'redis://h'],
  ['cache', 'memcached', 'memcached://h'],
  ['broker', 'broker', 'amqp://h'],
  ['upstream', 'upstream', 'https://h'],
]

test.each(conventions)('among several, the one with the name %s is the %s', (name, kind, uri) => {
  const services = [userProvided('other-upstream', { uri }), userProvided(name, { uri })]

  expect(readBindings(bound(...services)).of(kind)?.name).toBe(name)
})

test('a conventional name that several bindings have is not a choice', () => {
  const services = bound(postgres('database', { binding_guid: '1' }), postgres('database', { binding_guid: '2' }))

  expect(complaintsOf(services)).toEqual([
    'DATABASE_SERVICE must name one of the bound services "database", "database".',
  ])
})

test('a listing shows which of several bindings is attached', () => {
  const bindings = readBindings({ ...bound(redis('orders'), redis('sessions')), CACHE_SERVICE: 'sessions' })

  expect(bindings.list()).toMatchObject([
    { name: 'orders', attached: false },
    { name: 'sessions', attached: true },
  ])
})

test('a Redis and a Memcached are attached side by side', () => {
  const bindings = readBindings(bound(redis('limits'), memcached('pages')))

  expect([bindings.of('redis')?.name, bindings.of('memcached')?.name]).toEqual(['limits', 'pages'])
})

test('CACHE_SERVICE chooses one among Redis and Memcached', () => {
  const bindings = readBindings({ ...bound(redis('one'), redis('two'), memcached('three')), CACHE_SERVICE: 'three' })

  expect(bindings.of('memcached')?.name).toBe('three')
  expect(bindings.of('redis')).toBeUndefined()
})

test('an invalid CACHE_SERVICE is reported once', () => {
  expect(complaintsOf({ ...bound(redis('one'), memcached('two')), CACHE_SERVICE: 'three' })).toEqual([
    'CACHE_SERVICE must name one of the bound services "one", "two".',
  ])
})

test('a choice identifies the kind of a service if nothing else does', () => {
  const accounts = userProvided('accounts', { host: 'db.example', name: 'accounts' })

  expect(readBindings({ ...bound(accounts), DATABASE_SERVICE: 'accounts' }).of('database')?.urls).toEqual([
    'postgres://db.example/accounts',
  ])
})

test('UPSTREAM_SERVICE may choose any service with an HTTP address', () => {
  const prices = userProvided('prices', { url: 'https://prices.example/' })

  expect(readBindings({ ...bound(prices), UPSTREAM_SERVICE: 'prices' }).of('upstream')?.urls).toEqual([
    'https://prices.example/',
  ])
})

test('a choice does not make a MySQL a supported database', () => {
  const env = { VCAP_SERVICES: documentOf('p.mysql'), DATABASE_SERVICE: 'database' }

  expect(complaintsOf(env)).toEqual([
    'The binding "database" must contain an address like postgres://user:password@host:5432/name, or host and port.',
  ])
})

const onCloudFoundry = { VCAP_APPLICATION: '{}' }

test('on Cloud Foundry, a bound database takes precedence over the DATABASE_URL of the platform', () => {
  const env = { ...onCloudFoundry, ...bound(postgres('orders')), DATABASE_URL: 'postgres://other.example/x' }

  const bindings = readBindings(env)

  expect(bindings.of('database')?.name).toBe('orders')
  expect(bindings.list()).toMatchObject([{ name: 'orders', attached: true }])
})

test('on Cloud Foundry, DATABASE_URL does not choose among several databases', () => {
  const services = bound(postgres('orders'), postgres('billing'))
  const env = { ...onCloudFoundry, ...services, DATABASE_URL: 'postgres://billing.example/x' }

  expect(complaintsOf(env)).toEqual(['DATABASE_SERVICE must name one of the bound services "orders", "billing".'])
})

test('on Cloud Foundry, the DATABASE_URL of a bound MySQL is not used', () => {
  const env = { ...onCloudFoundry, VCAP_SERVICES: documentOf('p.mysql'), DATABASE_URL: 'mysql2://h/x' }

  expect(readBindings(env).of('database')).toBeUndefined()
})

test('on Cloud Foundry, DATABASE_URL is used if no database is bound', () => {
  const env = { ...onCloudFoundry, ...bound(redis('cache')), DATABASE_URL: 'postgres://mine.example/x' }

  expect(readBindings(env).of('database')?.name).toBe('DATABASE_URL')
})

test('elsewhere, DATABASE_URL takes precedence over a bound database', () => {
  const env = { ...bound(postgres('orders')), DATABASE_URL: 'postgres://mine.example/x' }

  expect(readBindings(env).of('database')?.name).toBe('DATABASE_URL')
})

test('every variable that is read is documented', () => {
  const read = new Set<unknown>()
  const recording = (given: NodeJS.ProcessEnv) =>
    new Proxy(given, {
      get(_, name: string) {
        read.add(name)
        return given[name]
      },
    })

  readBindings(recording({}))
  readBindings(recording({ DATABASE_URL: 'postgres://h/x' }))

  const refused = ['PGHOST', ...Object.keys(unsupportedVariables)]
  expect([...read].sort()).toEqual([...Object.keys(bindingSettings), ...refused, 'VCAP_APPLICATION'].sort())
})
