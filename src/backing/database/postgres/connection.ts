// PostgreSQL by a pool of connections. Every wait has an end: for a connection, for a statement, and for a server that
// says nothing at all.

import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, type TransactionSettings } from 'kysely'
import type { Binding } from '../../../ports/bindings.ts'
import { ping } from '../adapter.ts'
import { createDriver, type DriverOptions, type SchemaGuard } from '../driver.ts'
import { connecting } from '../outage.ts'
import { openPools, type PoolLimits } from './pools.ts'

export interface Postgres {
  // biome-ignore lint/suspicious/noExplicitAny: the feature knows its tables.
  kysely(guard?: SchemaGuard): Kysely<any>
  /** @throws {Problem} 503 where it does not answer */
  ping(): Promise<void>
  close(): Promise<void>
}

export type PostgresOptions = DriverOptions & PoolLimits

/**
 * Settles at once: a connection is made when it is needed.
 *
 * @throws {Problem} 503 where the authorities that it trusts can't be read
 */
export async function openPostgres(attached: Binding, options: PostgresOptions): Promise<Postgres> {
  const pools = await options.outages.during(() => connecting(() => openPools(attached, options)))
  options.metrics.watchConnections(pools.count)

  const kysely: Postgres['kysely'] = (guard) => {
    const createdDriver = () => createDriver(pools.connect, beginOf, { ...options, guard })
    return new Kysely({ dialect: { createDriver: createdDriver, ...language } })
  }
  const database = kysely()
  return { kysely, ping: () => ping(database), close: pools.close }
}

const language = {
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createIntrospector: (database: Kysely<unknown>) => new PostgresIntrospector(database),
  createAdapter: () => new PostgresAdapter(),
}

function beginOf({ isolationLevel, accessMode }: TransactionSettings): string {
  return ['begin', isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean).join(' ')
}
