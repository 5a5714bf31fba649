// Whether credentials can be those of a kind of service. Tags, labels and names are given by people, and mean other
// products, too: an `orders-db` may be an Oracle.

import type { Kind } from '../../ports/bindings.ts'
import type { BoundService } from './bound-service.ts'
import type { KnownCredentials } from './credentials.ts'
import { kinds } from './kinds.ts'

/** Whether the fields identify a PostgreSQL without a name or a tag. */
export const isPostgres = ({ engine, hosts, port, user, database }: KnownCredentials): boolean =>
  hosts.length > 0 && (isPostgresEngine(engine) || (!engine && port === '5432' && Boolean(user && database)))

/** Whether the fields are those of a database, and don't say of which product. */
export function seemsDatabase({ credentials, tags, label = '' }: BoundService, known: KnownCredentials): boolean {
  const { hosts, port, user, password, engine, addresses } = known
  if (engine || addresses.length > 0 || foreignFields.some((field) => field in credentials)) return false
  if (port && foreignPorts.has(port)) return false
  if ([label, ...tags].some((text) => otherProducts.test(text))) return false
  const hasName = ['dbname', 'db_name', 'database', 'database_name'].some((field) => field in credentials)
  return hosts.length > 0 && Boolean(user && password) && hasName
}

/** Whether its tags or its label say that a service is of the kind. */
export const isOffered = (kind: Kind, { tags, label = '' }: BoundService): boolean =>
  tags.some((tag) => kinds[kind].tags.includes(tag.toLowerCase())) ||
  (kinds[kind].label?.test(label.toLowerCase()) ?? false)

/**
 * Why the service is not used as this kind; undefined where nothing speaks against it. A PostgreSQL by its tags or its
 * label is never doubted, because the embedded database would silently take its place.
 */
export function doubtsAbout(kind: Kind, service: BoundService, known: KnownCredentials): string | undefined {
  const { name, credentials } = service
  const remedy = `set ${kinds[kind].choice} or ${kinds[kind].variable} to use one`
  if (kind === 'redis' && Object.keys(credentials).some((field) => /sentinel|^master_?name$/i.test(field))) {
    if (known.hosts.length === 0 && known.addresses.length === 0) {
      return `The binding "${name}" is not used: Redis Sentinel is not supported; ${remedy} without it.`
    }
  }
  if (known.isReference || known.addresses.length > 0) return undefined
  if (isOffered(kind, service)) {
    return kind === 'database' || known.hosts.length > 0 ? undefined : unusable(name, kind, remedy)
  }
  return isForeign(kind, credentials, known) ? unusable(name, kind, remedy) : undefined
}

const unusable = (name: string, kind: Kind, remedy: string) =>
  `The binding "${name}" is not used: its name suggests a ${kind}, but its credentials don't; ${remedy}.`

function isForeign(kind: Kind, credentials: object, { hosts, port, engine }: KnownCredentials): boolean {
  if (hosts.length === 0 || foreignFields.some((field) => field in credentials)) return true
  if (engine && kind === 'database') return !isPostgresEngine(engine)
  return port !== undefined && (foreignPorts.has(port) || (defaultPorts[port] ?? kind) !== kind)
}

const isPostgresEngine = (engine: string | undefined) => /postgres/.test(engine ?? '')

const otherProducts = /mysql|maria|mongo|mssql|sql-?server|oracle|db2|hana|cassandra|couch|redis|elastic|ldap|smtp/i

/** Fields that no service of a supported kind has. */
const foreignFields = [
  'sid',
  'service_name',
  'servicename',
  'api_key',
  'apikey',
  'apiKey',
  'access_key',
  'bucket',
  'token',
]

const defaultPorts: Readonly<Record<string, Kind>> = {
  5432: 'database',
  6379: 'redis',
  11211: 'memcached',
  5671: 'broker',
  5672: 'broker',
}

/** SMTP, LDAP, SQL Server, Oracle, MySQL, Db2, HANA, CouchDB, InfluxDB, Cassandra, Kafka, Elasticsearch, MongoDB. */
const foreignPorts: ReadonlySet<string> = new Set(
  '25 389 465 587 636 1433 1521 2484 3306 33060 50000 30015 5984 8086 9042 9092 9200 27017'.split(' '),
)
