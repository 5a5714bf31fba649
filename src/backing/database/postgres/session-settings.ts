// The settings of a PostgreSQL session that change what queries return. The database or the role may set them
// otherwise, so each connection requests its own values at its start, and is checked.

import pg from 'pg'
import { unusable } from '../outage.ts'

/** Sent when a connection begins. Poolers know these parameters, and keep them for each client. */
const KNOWN_TO_POOLERS = { DateStyle: 'ISO', TimeZone: 'UTC', standard_conforming_strings: 'on' }

/** Poolers such as PgBouncer refuse a connection that requests these. */
const DIRECT_ONLY = { IntervalStyle: 'postgres', extra_float_digits: '1' }

export interface StartOptions {
  /** Whether to request only what poolers know. */
  isPooled: boolean
  /** Bounds a statement; undefined means the limit of the role, if there is one. */
  statementMs?: number | undefined
}

/** @returns a client of `pg`, which would send a fixed list of parameters */
export function createClient(config: pg.ClientConfig, { isPooled, statementMs }: StartOptions): pg.Client {
  const client = new pg.Client(config) as pg.Client & { getStartupConf(): Record<string, string> }
  const limit = statementMs && { statement_timeout: String(statementMs) }
  const requested = { ...KNOWN_TO_POOLERS, ...(!isPooled && { ...DIRECT_ONLY, ...limit }) }
  const ofClient = client.getStartupConf.bind(client)
  client.getStartupConf = () => ({ ...ofClient(), ...requested })
  return client
}

export interface CheckOptions {
  /** Whether a database that can't be written to is refused: of a cluster, another host is tried. */
  isCluster: boolean
  statementMs?: number | undefined
  /** Bounds the check itself. */
  connectMs: number
}

/**
 * Reads the settings of a new connection.
 *
 * @returns whether the server bounds statements, which is not certain behind a pooler
 * @throws {Error} naming a setting that would change what queries return, and the remedy
 */
export async function checkSession(client: pg.ClientBase, options: CheckOptions): Promise<{ isBounded: boolean }> {
  const { rows } = await client.query<Found>({ text: CHECK, query_timeout: options.connectMs } as pg.QueryConfig)
  const found = rows[0]!
  const refusal = refusalOf(found)
  if (refusal) throw unusable(`The database can't be used, because ${refusal}.`)
  if (options.isCluster && found.read_only === 'on')
    throw new Error('This host of the cluster is read-only, as a standby is.')
  const limitMs = Number(found.limit_ms)
  return { isBounded: options.statementMs === undefined || (limitMs > 0 && limitMs <= options.statementMs) }
}

/** Without `bytea_output`, of which the client reads either format, and `TimeZone`, since times carry their offset. */
const REQUIRED: Record<string, { value: RegExp; remedy: string }> = {
  server_encoding: { value: /^UTF8$/, remedy: "create the database with ENCODING 'UTF8'" },
  client_encoding: { value: /^UTF8$/, remedy: 'let the pooler pass client_encoding on' },
  DateStyle: { value: /^ISO/, remedy: "run `alter role current_user set DateStyle = 'ISO'`" },
  IntervalStyle: { value: /^postgres$/, remedy: "run `alter role current_user set IntervalStyle = 'postgres'`" },
  extra_float_digits: { value: /^[1-3]$/, remedy: 'run `alter role current_user set extra_float_digits = 1`' },
  standard_conforming_strings: {
    value: /^on$/,
    remedy: 'run `alter role current_user set standard_conforming_strings = on`',
  },
}

interface Found {
  settings: Record<string, string>
  schema: string | null
  read_only: string
  limit_ms: string
}

/** Without parameters, so that it takes one round trip. */
const CHECK = `select json_build_object(${Object.keys(REQUIRED)
  .map((name) => `'${name}', current_setting('${name}')`)
  .join(', ')}) as settings, current_schema() as schema, current_setting('transaction_read_only') as read_only,
  extract(epoch from current_setting('statement_timeout')::interval) * 1000 as limit_ms`

function refusalOf({ settings, schema }: Found): string | undefined {
  for (const [name, { value, remedy }] of Object.entries(REQUIRED))
    if (!value.test(settings[name] ?? '')) return `its ${name} is ${settings[name]}: ${remedy}`
  if (schema !== null) return undefined
  return 'its search_path names no schema that the role may use: run `alter role current_user set search_path = public`'
}
