// Behaviour of PostgreSQL alone: a schema that another process migrates, clusters, certificates and its own types.

import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { createAuthority, openssl } from 'private-servers/authority'
import { openPostgres, type PrivatePostgres, postgresMissing } from 'private-servers/postgres'
import { until } from 'private-servers/until'
import { afterAll, expect, test } from 'vitest'
import {
  creating,
  defineMigrating,
  notes,
  openPort,
  type Tables,
  type TestPort,
} from '../../tests/backing/database/fixtures/test-port.ts'

const withPostgres = test.skipIf(postgresMissing())
/** How long a test waits for something to happen. */
const DEADLINE_MS = 60_000
let shared: Promise<PrivatePostgres> | undefined
let databases = 0
afterAll(async () => (await shared)?.[Symbol.asyncDispose]())

withPostgres('queries of a feature are refused until its migrations have been applied', async () => {
  const url = await newDatabase()
  const two = defineMigrating('two', { '01-first': creating('first'), '02-second': creating('second') })
  await using port = openPort({ DATABASE_URL: url }, [two])
  const checks = port.checks()

  const refused = readTable(port, two, 'first')

  await expect(refused).rejects.toMatchObject({
    status: 503,
    headers: { 'retry-after': '5' },
    message: 'The database lacks 2 migrations of two, from "01-first" on: run `node src/main.ts migrate`.',
  })
  await expect(checks['two schema']?.()).rejects.toThrow('The database lacks 2 migrations of two')
  await checks.database?.()
  expect(port.logged('the database fails')).toEqual([])

  await using migrating = openPort({ DATABASE_URL: url })
  await migrating.migrate([two])
  await until(() => readTable(port, two, 'first').then(Boolean, () => false), {
    deadlineMs: DEADLINE_MS,
    otherwise: () => 'The migrations are not detected.',
  })
  await checks['two schema']?.()
})

withPostgres('missing migrations are checked for once a second, and no more after they have been applied', async () => {
  const url = await newDatabase()
  const { pathname } = new URL(url)
  await using port = openPort({ DATABASE_URL: url })
  await Promise.allSettled(Array.from({ length: 20 }, () => readTable(port, notes, 'notes')))
  const checks = await countQueries(port)

  await using migrating = openPort({ DATABASE_URL: url })
  await migrating.migrate([notes])
  await until(() => readTable(port, notes, 'notes').then(Boolean, () => false), {
    deadlineMs: DEADLINE_MS,
    otherwise: () => 'The migrations are not detected.',
  })
  const before = await countQueries(port)
  await (await server()).query('drop table notes_migrations', [], { database: pathname.slice(1) })
  for (let query = 0; query < 5; query++) await readTable(port, notes, 'notes')

  expect(checks).toBe(1)
  expect((await countQueries(port)) - before).toBe(5)
})

withPostgres(
  'the first query after its tables were lost makes the next ones, and readiness, report what is missing',
  async () => {
    const url = await newDatabase()
    const { pathname } = new URL(url)
    await using port = openPort({ DATABASE_URL: url }, [notes])
    await port.migrate([notes])
    await readTable(port, notes, 'notes')
    const ready = port.checks()['notes schema']!
    await ready()

    await (await server()).query('drop table notes, notes_migrations', [], { database: pathname.slice(1) })
    await expect(readTable(port, notes, 'notes')).rejects.toThrow(/does not exist/)

    await expect(readTable(port, notes, 'notes')).rejects.toMatchObject({
      status: 503,
      message: /node src\/main.ts migrate/,
    })
    await expect(async () => ready()).rejects.toThrow('lacks a migration of notes')
    await port.migrate([notes])
    await until(() => readTable(port, notes, 'notes').then(Boolean, () => false), {
      deadlineMs: DEADLINE_MS,
      otherwise: () => 'The migrations are not detected.',
    })
  },
)

withPostgres('a migration may take longer than the limit of a statement, and so may waiting for it', async () => {
  const slow = defineMigrating('slow', {
    '01-sleep': {
      async up(database) {
        await sql`select pg_sleep(2.5)`.execute(database)
        await creating('slept').up(database)
      },
    },
  })
  const limits = { DATABASE_TIMEOUT_MS: '1000', DATABASE_CONNECT_MS: '60000', DATABASE_POOL_MAX: '1' }
  const env = { DATABASE_URL: await newDatabase(), ...limits }
  await using one = openPort(env)
  await using other = openPort(env)

  await Promise.all([one.migrate([slow]), other.migrate([slow])])

  expect([...one.logged('migrated'), ...other.logged('migrated')]).toHaveLength(1)
})

withPostgres(
  'times are RFC 3339 in UTC whatever their zone and precision, and 64-bit integers are numbers',
  async () => {
    await using port = openPort({ DATABASE_URL: await newDatabase() })
    const database = await port.open(defineMigrating('plain'))

    const { rows } = await sql`
    select timestamptz '2026-03-29 04:05:06.789123+02' as precise, timestamptz '2026-01-01' as whole,
      timestamptz 'infinity' as endless, timestamptz '0044-03-15 BC' as ancient, null::timestamptz as none,
      9007199254740991::int8 as big, date '2026-01-01' - date '2025-01-01' as days`.execute(database)

    expect(rows).toEqual([
      {
        precise: '2026-03-29T02:05:06.789Z',
        whole: '2026-01-01T00:00:00.000Z',
        endless: 'infinity',
        ancient: '-000043-03-15T00:00:00.000Z',
        none: null,
        big: 9007199254740991,
        days: 365,
      },
    ])
  },
)

withPostgres('connections carry the name of the service, and metrics show connections and queries', async () => {
  await using port = openPort({ DATABASE_URL: await newDatabase(), DATABASE_POOL_MAX: '2' })
  const database = await port.open<Tables>(defineMigrating('plain'))

  const { rows } = await sql`select application_name from pg_stat_activity where pid = pg_backend_pid()`.execute(
    database,
  )
  await database
    .selectFrom('notes')
    .selectAll()
    .execute()
    .catch(() => {})
  const text = await port.registry.metrics()

  const { name } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(rows).toEqual([{ application_name: name }])
  expect(text).toContain('database_query_duration_seconds_count{outcome="ok"} 1')
  expect(text).toContain('database_query_duration_seconds_count{outcome="error"} 1')
  expect(text).toContain('database_connections{state="idle"} 1')
  expect(text).toContain('database_connections{state="busy"} 0')
})

withPostgres('of a cluster, the host that is up and not a standby is used, wherever it stands in the URL', async () => {
  await using one = await openPostgres()
  await using two = await openPostgres()
  for (const each of [one, two]) await each.query(`create table host as select ${each.port} as port`)
  for (const each of [one, two]) await each.query('grant select on host to service')
  const url = one.url.replace(`:${one.port}`, `:${one.port},127.0.0.1:${two.port}`)
  await using port = openPort({ DATABASE_URL: url, DATABASE_TIMEOUT_MS: '5000' })
  const queryHost = async () => {
    const database = await port.open<{ host: { port: number } }>(defineMigrating('plain'))
    return (await database.selectFrom('host').select('port').executeTakeFirstOrThrow()).port
  }

  await pretendStandby(one)
  expect(await queryHost()).toBe(two.port)

  await two.kill()
  await expect(queryHost()).rejects.toMatchObject({ status: 503 })

  await one.query('alter role service reset default_transaction_read_only')
  expect(await Promise.all([queryHost(), queryHost(), queryHost()])).toEqual([one.port, one.port, one.port])

  await two.restart()
  await one.freeze()
  await until(
    () =>
      queryHost().then(
        (found) => found === two.port,
        () => false,
      ),
    {
      deadlineMs: DEADLINE_MS,
      otherwise: () => 'The other host is not used.',
    },
  )
  one.thaw()
})

withPostgres('a connection to a server that has become a standby is not used again', async () => {
  const env = { DATABASE_URL: await newDatabase(), DATABASE_POOL_MAX: '1' }
  await using port = openPort(env)
  await port.migrate([notes])
  const database = await port.open<Tables>(notes)
  const pid = async () => (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database)).rows[0]?.pid
  const before = await pid()
  await sql`set default_transaction_read_only = on`.execute(database)

  const refused = database.deleteFrom('notes').execute()

  await expect(refused).rejects.toMatchObject({ status: 503 })
  expect(await pid()).not.toBe(before)
  await database.deleteFrom('notes').execute()
})

test.skipIf(postgresMissing() || openssl.missing())('the certificate of the server is verified', async () => {
  await using authority = await createAuthority()
  await using server = await openPostgres({ tls: authority })
  const bare = server.url.replace(/\?.*$/, '')
  const bind = (credentials: object) => ({
    VCAP_SERVICES: JSON.stringify({ postgres: [{ name: 'mine', label: 'postgres', tags: [], credentials }] }),
  })

  const trusted = bind({ uri: `${bare}?sslmode=require`, ca: authority.ca })

  expect(await isEncrypted(trusted)).toBe(true)
  expect(await isEncrypted({ DATABASE_URL: `${bare}?sslmode=no-verify` })).toBe(true)
  await expect(isEncrypted(bind({ uri: `${bare}?sslmode=require` }))).rejects.toMatchObject({ status: 503 })
  await expect(isEncrypted({ DATABASE_URL: server.url })).rejects.toMatchObject({ status: 503 })
  await expect(isEncrypted({ DATABASE_URL: bare })).rejects.toMatchObject({ status: 503 })
})

withPostgres('nothing connects to the database before it is used, and /info then names the binding', async () => {
  const url = await newDatabase()
  const connections = async () => {
    const found = await (await server()).query('select 1 from pg_stat_activity where datname = $1', [
      new URL(url).pathname.slice(1),
    ])
    return found.length
  }
  await using port = openPort({ DATABASE_URL: url })

  const unused = [port.resource(), port.checks()]
  await port.open(defineMigrating('plain'))

  expect(unused).toEqual([undefined, {}])
  expect(await connections()).toBe(0)
  expect(port.resource()).toEqual({ port: 'database', adapter: 'postgresql', name: 'DATABASE_URL' })
})

async function isEncrypted(env: NodeJS.ProcessEnv): Promise<boolean | undefined> {
  await using port = openPort(env)
  const database = await port.open(defineMigrating('plain'))
  const { rows } = await sql<{ ssl: boolean }>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(
    database,
  )
  return rows[0]?.ssl
}

function server(): Promise<PrivatePostgres> {
  shared ??= openPostgres()
  return shared
}

async function newDatabase(): Promise<string> {
  return (await server()).createDatabase(`postgres_${++databases}`)
}

async function readTable(port: TestPort, feature: typeof notes, table: string) {
  const database = await port.open<Record<string, object>>(feature)
  return database.selectFrom(table).selectAll().execute()
}

async function countQueries(port: TestPort): Promise<number> {
  const { values } = await port.registry.getSingleMetric('database_query_duration_seconds')!.get()
  const counts = values.filter((value) => 'metricName' in value && String(value.metricName).endsWith('_count'))
  return counts.reduce((total, { value }) => total + value, 0)
}

/** As on a standby, transactions of new connections are read-only. */
async function pretendStandby({ query }: PrivatePostgres) {
  await query('alter role service set default_transaction_read_only = on')
}
