// The kinds of backing services: how each is addressed, recognized and chosen. To support another database or broker, start
// here.

import type { Kind } from '../../ports/bindings.ts'
import { schemeOf } from './address.ts'

export interface KindFacts {
  /** The variable that contains the address. */
  variable: string
  /** The variable that names the binding to use if several are bound. */
  choice: string
  /** The name of the binding that is used if several are bound and none is chosen. */
  convention: string
  /** Each scheme as brokers spell it, and as clients get it. */
  schemes: Readonly<Record<string, string>>
  /** Schemes that only the variable may use. */
  localSchemes?: readonly string[]
  /** Shown in complaints about addresses. */
  example: string
  /** In lower case; one of these tags is enough. */
  tags: readonly string[]
  /** Tested against the label in lower case, the name of the offering in the marketplace. */
  label?: RegExp
  /** Tested against the names of a user-provided service, which has neither an offering nor tags of its own. */
  name: RegExp
}

export const kinds: Readonly<Record<Kind, KindFacts>> = {
  database: {
    variable: 'DATABASE_URL',
    choice: 'DATABASE_SERVICE',
    convention: 'database',
    schemes: { 'postgres:': 'postgres:', 'postgresql:': 'postgres:' },
    localSchemes: ['sqlite:'],
    example: 'postgres://user:password@host:5432/name',
    tags: ['postgres', 'postgresql'],
    label: /postgres|elephantsql/,
    // Not a database of another product, such as `mysql-db`.
    name: /^(?!.*(mysql|maria|mongo|mssql|oracle|db2|hana|cassandra|couch))(postgres|(.*[^a-z])?(database|db|postgres(ql)?)$)/,
  },
  redis: {
    variable: 'REDIS_URL',
    choice: 'CACHE_SERVICE',
    convention: 'cache',
    schemes: { 'redis:': 'redis:', 'rediss:': 'rediss:', 'valkey:': 'redis:', 'valkeys:': 'rediss:' },
    example: 'redis://user:password@host:6379',
    tags: ['redis', 'valkey'],
    label: /redis|valkey/,
    name: /^(redis|valkey)|(^|[^a-z])(redis|valkey|cache)$/,
  },
  memcached: {
    variable: 'MEMCACHED_URL',
    choice: 'CACHE_SERVICE',
    convention: 'cache',
    schemes: { 'memcached:': 'memcached:', 'memcache:': 'memcached:' },
    example: 'memcached://user:password@host:11211',
    tags: ['memcached', 'memcache'],
    label: /memcach/,
    name: /^memcach|[^a-z]memcached?$/,
  },
  broker: {
    variable: 'AMQP_URL',
    choice: 'BROKER_SERVICE',
    convention: 'broker',
    schemes: { 'amqp:': 'amqp:', 'amqps:': 'amqps:', 'amqp+ssl:': 'amqps:' },
    example: 'amqp://user:password@host:5672/vhost',
    tags: ['rabbitmq', 'amqp'],
    label: /rabbitmq|amqp/,
    name: /^(rabbit|amqp)|(^|[^a-z])(rabbitmq|amqp|broker)$/,
  },
  upstream: {
    variable: 'UPSTREAM_URL',
    choice: 'UPSTREAM_SERVICE',
    convention: 'upstream',
    schemes: { 'http:': 'http:', 'https:': 'https:' },
    example: 'https://host/path',
    tags: [],
    name: /(^|[^a-z])upstream$/,
  },
}

export const kindNames = Object.keys(kinds) as Kind[]

/** Whether an address has one of the schemes of the kind. */
export const hasSchemeOf = (kind: Kind, address: string): boolean =>
  Object.hasOwn(kinds[kind].schemes, schemeOf(address) ?? '')
