// PostgreSQL behind PgBouncer, which refuses or drops settings of a session, and which may give each transaction another
// connection to the server.

import { sql } from 'kysely'
import pg from 'pg'
import { openPgbouncer, type PgbouncerOptions, pgbouncer } from 'private-servers/pgbouncer'
import { openPostgres, type PrivatePostgres, postgresMissing } from 'private-servers/postgres'
import { until } from 'private-servers/until'
import { afterAll, expect, test } from 'vitest'
import { note, readNotes, writeNote } from '../../tests/backing/database/fixtures/notes-file.ts'
import { creating, defineMigrating, notes, openPort } from '../../tests/backing/database/fixtures/test-port.ts'
import { testConformance } from './conformance.ts'

const missing = postgresMissing() || pgbouncer.missing()
const pooled = test.skipIf(missing)
const modes = ['transaction', 'session'] as const
const plain = defineMigrating('plain')
/** How long a test waits for something to happen. */
const DEADLINE_MS = 60_000
const UNBOUNDED = /^the connection pooler does not pass statement_timeout on/

let shared: Promise<PrivatePostgres & { bouncer: Awaited<ReturnType<typeof openPgbouncer>> }> | undefined
let databases = 0
afterAll(async () => {
  const server = await shared
  await server?.bouncer[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
})

testConformance({
  name: 'PostgreSQL',
  behind: 'PgBouncer',
  missing,
  async open() {
    shared ??= openShared()
    const server = await shared
    const { pathname } = new URL(await server.createDatabase(`pooled_${++databases}`))
    return { env: { DATABASE_URL: withPath(server.bouncer.url, pathname) }, [Symbol.asyncDispose]: async () => {} }
  },
})

pooled.each(modes)(
  'in %s mode, the service works, and warns once that the pooler drops the time limit',
  async (mode) => {
    await using servers = await openPooled({ mode })
    await using port = openPort({ DATABASE_URL: servers.url }, [notes])
    await port.migrate([notes])

    await writeNote(port)
    await port.checks().database?.()
    await port.checks()['notes schema']?.()

    expect(await readNotes(port)).toEqual([note])
    expect(port.lines().filter(({ level }) => level === 'warn')).toMatchObject([{ message: UNBOUNDED }])
    expect(port.resource()).toMatchObject({ warning: UNBOUNDED })
  },
)

pooled('settings that the pooler accepts and drops are noticed', async () => {
  const settings = { ignore_startup_parameters: 'statement_timeout,IntervalStyle,extra_float_digits' }
  await using servers = await openPooled({ mode: 'transaction', settings })
  await using port = openPort({ DATABASE_URL: servers.url })

  await port.open(plain).then((database) => sql`select 1`.execute(database))

  expect(port.resource()).toMatchObject({ warning: UNBOUNDED })
})

pooled('a limit that the role has is enough, and a migration may still take longer', async () => {
  await using servers = await openPooled({ mode: 'transaction' })
  await servers.postgres.query("alter role service set statement_timeout = '1s'")
  await using port = openPort({ DATABASE_URL: servers.url, DATABASE_TIMEOUT_MS: '2000', DATABASE_CONNECT_MS: '60000' })
  const slow = defineMigrating('slow', {
    '01-sleep': {
      async up(database) {
        await sql`select pg_sleep(2)`.execute(database)
        await creating('slept').up(database)
      },
    },
  })

  await port.migrate([slow])
  const database = await port.open(plain)
  await expect(sql`select pg_sleep(600)`.execute(database)).rejects.toMatchObject({ status: 503 })

  expect(port.logged('migrated')).toHaveLength(1)
  expect(port.resource()).not.toHaveProperty('warning')
})

pooled.each(modes)('in %s mode, a statement that exceeds the limit does not continue on the server', async (mode) => {
  await using servers = await openPooled({ mode, settings: { default_pool_size: '1' } })
  await using port = openPort({
    DATABASE_URL: servers.url,
    DATABASE_TIMEOUT_MS: '1000',
    DATABASE_CONNECT_MS: '60000',
    DATABASE_POOL_MAX: '1',
  })
  const database = await port.open(plain)

  await expect(sql`select pg_sleep(600)`.execute(database)).rejects.toMatchObject({ status: 503 })

  const running = () =>
    servers.postgres.query("select 1 from pg_stat_activity where state = 'active' and query like 'select pg_sleep%'")
  await until(async () => (await running()).length === 0, {
    deadlineMs: DEADLINE_MS,
    otherwise: () => 'The statement continues.',
  })
  await until(() => sql`select 1`.execute(database).then(Boolean, () => false), {
    deadlineMs: DEADLINE_MS,
    otherwise: () => 'The only connection of the pooler is not available again.',
  })
})

pooled(
  'times are RFC 3339 whatever the role sets, and what the pooler does not let the service set is refused',
  async () => {
    await using servers = await openPooled({ mode: 'transaction' })
    await servers.postgres.query("alter role service set DateStyle = 'German'")
    await servers.postgres.query("alter role service set TimeZone = 'Europe/Berlin'")
    await using port = openPort({ DATABASE_URL: servers.url }, [notes])
    await using other = openPort({ DATABASE_URL: servers.url }, [notes])

    const { rows } = await sql`select timestamptz '2026-03-29 04:05:06.789+02' as time`.execute(await port.open(plain))
    expect(rows).toEqual([{ time: '2026-03-29T02:05:06.789Z' }])

    await servers.postgres.query("alter role service set IntervalStyle = 'sql_standard'")
    await servers.bouncer.restart()
    const refusal = {
      status: 503,
      message:
        "The database can't be used, because its IntervalStyle is sql_standard: run `alter role current_user set IntervalStyle = 'postgres'`.",
    }
    await expect(readNotes(other)).rejects.toMatchObject(refusal)
    await expect(other.checks().database?.()).rejects.toMatchObject(refusal)
    await expect(other.migrate([notes])).rejects.toMatchObject(refusal)
  },
)

pooled('while the pooler accepts no more clients, queries wait for the connections that there are', async () => {
  await using servers = await openPooled({ mode: 'session', settings: { max_client_conn: '2' } })
  await using port = openPort({ DATABASE_URL: servers.url, DATABASE_CONNECT_MS: '60000', DATABASE_POOL_MAX: '10' })
  const database = await port.open(plain)

  const answers = await Promise.all(Array.from({ length: 50 }, () => sql`select pg_sleep(0.01)`.execute(database)))

  expect(answers).toHaveLength(50)
  expect(port.resource()).toMatchObject({ warning: expect.stringContaining('accepts fewer connections than') })
})

pooled('a query for which the pooler has no connection in time is an outage', async () => {
  const settings = { default_pool_size: '1', query_wait_timeout: '1' }
  await using servers = await openPooled({ mode: 'transaction', settings })
  const greedy = new pg.Client(servers.url)
  greedy.on('error', () => {})
  await greedy.connect()
  await greedy.query('begin')
  await using port = openPort({ DATABASE_URL: servers.url })

  await expect(readNotes(port)).rejects.toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  await greedy.end()
  await port.checks().database?.()

  expect(port.logged('the database fails')).toMatchObject([{ reason: 'the connection failed' }])
})

async function openShared() {
  const postgres = await openPostgres()
  // Fewer connections than the tests have at once, so that they change between transactions.
  const bouncer = await openPgbouncer(postgres, { mode: 'transaction', settings: { default_pool_size: '3' } })
  return { ...postgres, bouncer }
}

async function openPooled(options: PgbouncerOptions) {
  await using opening = new AsyncDisposableStack()
  const postgres = opening.use(await openPostgres())
  const bouncer = opening.use(await openPgbouncer(postgres, options))
  const opened = opening.move()
  return { postgres, bouncer, url: bouncer.url, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

function withPath(url: string, path: string): string {
  const changed = new URL(url)
  changed.pathname = path
  return changed.href
}
