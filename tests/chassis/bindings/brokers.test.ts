// The credentials of well-known brokers are understood. Their documents are in fixtures/.

import { expect, test } from 'vitest'
import { readBindings } from '../../../src/chassis/bindings/read-bindings.ts'
import type { Kind, Tls } from '../../../src/ports/bindings.ts'
import { authority, bound, documentOf, userProvided } from './fixtures/environment.ts'

const tls: Tls = { verify: 'full' }
const rabbit = 'eb60ebbd-fb8e-4e02-8f2a-a73a8f664b65:MARKERrabbit'
const vhost = '2c03cdfd-1c7d-4bf0-9a4d-fcf7861071d9'

interface Known {
  offering: string
  kind: Kind
  urls: string[]
  tls: Tls | undefined
}

const brokers: Known[] = [
  {
    offering: 'p.redis',
    kind: 'redis',
    urls: ['rediss://:MARKERredis@q-s0.redis-instance.services.service-instance-8e8fb07f.bosh:16379'],
    tls,
  },
  { offering: 'p-redis', kind: 'redis', urls: ['redis://:MARKERredis@10.0.4.30:45470'], tls: undefined },
  {
    offering: 'rediscloud',
    kind: 'redis',
    urls: ['redis://:MARKER%2B%2F%3Dredis@redis-19134.c1.us-east-1-4.ec2.cloud.redislabs.com:19134'],
    tls: undefined,
  },
  {
    offering: 'csb-aws-redis',
    kind: 'redis',
    urls: ['rediss://:MARKERredis@master.csb-0ca24400.usw2.cache.amazonaws.com:6379'],
    tls,
  },
  {
    offering: 'redis-cache',
    kind: 'redis',
    urls: ['rediss://:MARKERredis@master.rg-0ca24400.euc1.cache.amazonaws.com:2375'],
    tls,
  },
  {
    offering: 'p.rabbitmq',
    kind: 'broker',
    urls: [
      `amqps://${rabbit}@q-s0.rabbitmq-server.services.service-instance-e0e7fc5f.bosh:5671/${vhost}`,
      `amqps://${rabbit}@q-s1.rabbitmq-server.services.service-instance-e0e7fc5f.bosh:5671/${vhost}`,
    ],
    tls,
  },
  {
    offering: 'p-rabbitmq',
    kind: 'broker',
    urls: [`amqp://${rabbit}@10.0.0.41/${vhost}`, `amqp://${rabbit}@10.0.0.51/${vhost}`],
    tls: undefined,
  },
  {
    offering: 'cloudamqp',
    kind: 'broker',
    urls: ['amqp://ksvyjmiv:MARKERamqp@lemur.cloudamqp.com/ksvyjmiv'],
    tls: undefined,
  },
  {
    offering: 'postgres',
    kind: 'database',
    urls: [
      'postgres://pgadmin:MARKERpostgres@10.0.8.71:5432/postgres',
      'postgres://pgadmin:MARKERpostgres@10.0.8.72:5432/postgres',
    ],
    tls: undefined,
  },
  {
    offering: 'csb-aws-postgresql',
    kind: 'database',
    urls: ['postgres://qpZd:MARKERpostgres@csb-postgresql-0ca24400.usw2.rds.amazonaws.com:5432/vsbdb'],
    tls,
  },
  {
    offering: 'postgresql-db',
    kind: 'database',
    urls: ['postgres://1aa2bfb3:MARKERpostgres@postgres-0ca24400.euc1.rds.amazonaws.com:5122/NqZwjFtS'],
    tls: { ...tls, ca: [authority] },
  },
  {
    offering: 'elephantsql',
    kind: 'database',
    urls: ['postgres://seilbmbd:MARKERelephant-h@babar.elephantsql.com:5432/seilbmbd'],
    tls: undefined,
  },
  {
    offering: 'memcachier',
    kind: 'memcached',
    urls: [
      'memcached://8a1b2c:MARKERmemcachier@mc1.dev.ec2.memcachier.com:11211',
      'memcached://8a1b2c:MARKERmemcachier@mc2.dev.ec2.memcachier.com:11211',
    ],
    tls: undefined,
  },
  {
    offering: 'memcachedcloud',
    kind: 'memcached',
    urls: ['memcached://memcached-app:MARKERmemcached@pub-memcache-10484.us-east-1-1.1.ec2.garantiadata.com:10484'],
    tls: undefined,
  },
]

test.each(brokers)('a service of $offering is attached as $kind', ({ offering, ...expected }) => {
  const bindings = readBindings({ VCAP_SERVICES: documentOf(offering) })

  expect(bindings.of(expected.kind)).toEqual({ ...expected, name: 'orders', source: 'VCAP_SERVICES' })
})

test.each(brokers)('a service of $offering is not of another kind', ({ offering, kind }) => {
  const listed = readBindings({ VCAP_SERVICES: documentOf(offering) }).list()

  expect(listed).toMatchObject([{ kind, name: 'orders', label: offering, source: 'VCAP_SERVICES', attached: true }])
})

test('a MySQL is not a supported database, even with its tags and name', () => {
  const bindings = readBindings({ VCAP_SERVICES: documentOf('p.mysql') })

  expect(bindings.of('database')).toBeUndefined()
  expect(bindings.list()).toMatchObject([{ kind: 'other', name: 'database', label: 'p.mysql', attached: false }])
})

test('a MySQL without an address is not a supported database either', () => {
  const mysql = { ...userProvided('orders-db', { host: 'db.example', port: 3306 }), label: 'p.mysql', tags: ['mysql'] }

  expect(readBindings(bound(mysql)).of('database')).toBeUndefined()
})

const offerings: [string, Kind][] = [
  ['aws-rds-postgresql', 'database'],
  ['postgresql-10-odb', 'database'],
  ['a9s-postgresql13', 'database'],
  ['azure-redis', 'redis'],
  ['rabbitmq', 'broker'],
  ['a9s-rabbitmq', 'broker'],
]

test.each(offerings)('the label %s identifies a %s', (label, kind) => {
  const service = { ...userProvided('orders', { host: 'host.example' }), label }

  expect(readBindings(bound(service)).of(kind)).toMatchObject({ kind, name: 'orders' })
})

const tags: [string, Kind][] = [
  ['PostgreSQL', 'database'],
  ['Redis', 'redis'],
  ['memcached', 'memcached'],
  ['RabbitMQ', 'broker'],
  ['AMQP', 'broker'],
]

test.each(tags)('the tag %s identifies a %s, in any case', (tag, kind) => {
  const service = userProvided('orders', { host: 'host.example' }, { tags: ['some', tag] })

  expect(readBindings(bound(service)).of(kind)).toMatchObject({ kind, name: 'orders' })
})

const names: [string, Kind][] = [
  ['database', 'database'],
  ['orders-db', 'database'],
  ['postgres', 'database'],
  ['redis', 'redis'],
  ['orders-redis', 'redis'],
  ['redis-orders', 'redis'],
  ['Orders_Cache', 'redis'],
  ['memcached', 'memcached'],
  ['rabbitmq-orders', 'broker'],
  ['broker', 'broker'],
]

test.each(names)('the name %s identifies a user-provided service as a %s', (name, kind) => {
  const service = userProvided(name, { host: 'host.example' })

  expect(readBindings(bound(service)).of(kind)).toMatchObject({ kind, name })
})

test.each(['credis', 'orders', 'brokerage', 'mysql-db', 'feedback'])('the name %s identifies nothing', (name) => {
  const service = userProvided(name, { host: 'host.example' })

  expect(readBindings(bound(service)).list()).toMatchObject([{ kind: 'other', attached: false }])
})

test('the name of the instance counts like the name of the binding', () => {
  const service = userProvided('orders', { host: 'host.example' }, { instance_name: 'shared-redis' })

  expect(readBindings(bound(service)).of('redis')).toMatchObject({ name: 'orders' })
})

test('the scheme of the address takes precedence over the name', () => {
  const service = userProvided('orders-db', { uri: 'redis://host.example' })

  expect(readBindings(bound(service)).list()).toMatchObject([{ kind: 'redis' }])
})

test('a service with the name upstream and an HTTP address is the upstream', () => {
  const service = userProvided('upstream', { uri: 'https://prices.example/v1?key=MARKER' })

  expect(readBindings(bound(service)).of('upstream')).toEqual({
    kind: 'upstream',
    name: 'upstream',
    source: 'VCAP_SERVICES',
    urls: ['https://prices.example/v1?key=MARKER'],
    tls,
  })
})

test('only the scheme decides whether the upstream uses TLS', () => {
  const service = userProvided('upstream', { uri: 'http://prices.example/', ssl: true })

  expect(readBindings(bound(service)).of('upstream')).toMatchObject({
    urls: ['http://prices.example/'],
    tls: undefined,
  })
})

test('a service with an HTTP address is of no other kind, whatever its name', () => {
  const service = userProvided('orders-redis', { url: 'https://redis-dashboard.example' })

  expect(readBindings(bound(service)).list()).toMatchObject([{ kind: 'other' }])
})
