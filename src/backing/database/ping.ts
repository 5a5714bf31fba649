import type { Kysely } from 'kysely'

/** Settles when the database has answered. */
export async function ping(database: Kysely<unknown>): Promise<void> {
  await database.selectNoFrom(({ lit }) => lit(1).as('pong')).execute()
}
