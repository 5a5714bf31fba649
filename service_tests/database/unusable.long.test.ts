// Databases that answer, but whose settings, encoding, privileges or limits are not what the service needs.

import { sql } from 'kysely'
import { openPostgres, type PrivatePostgres, postgresMissing } from 'private-servers/postgres'
import { afterAll, expect, test } from 'vitest'
import { readNotes, writeNote } from '../../tests/backing/database/fixtures/notes-file.ts'
import { defineMigrating, notes, openPort, type TestPort } from '../../tests/backing/database/fixtures/test-port.ts'

const withPostgres = test.skipIf(postgresMissing())
const plain = defineMigrating('plain')
let shared: Promise<PrivatePostgres> | undefined
let databases = 0
afterAll(async () => (await shared)?.[Symbol.asyncDispose]())

withPostgres('settings of the role and of the database do not change what queries return', async () => {
  const { url, query } = await newDatabase()
  const odd = {
    DateStyle: 'German',
    TimeZone: 'America/St_Johns',
    IntervalStyle: 'sql_standard',
    bytea_output: 'escape',
    extra_float_digits: '0',
    standard_conforming_strings: 'off',
    client_encoding: 'LATIN1',
  }
  for (const [name, value] of Object.entries(odd)) await query(`alter database ${nameOf(url)} set ${name} = '${value}'`)
  await using port = openPort({ DATABASE_URL: url })

  const { rows } = await sql`select timestamptz '2026-03-29 04:05:06.789+02' as time,
    interval '1 day 2 hours' as span, bytea '\\x00ff5c' as bytes, 0.1::float8 + 0.2 as sum, 'a\\b' as text, '🏳️' as flag,
    date_trunc('day', timestamptz '2026-03-29 04:05:06.789+02') as day`.execute(await port.open(plain))

  expect(rows).toMatchObject([
    {
      time: '2026-03-29T02:05:06.789Z',
      span: { days: 1, hours: 2 },
      bytes: Buffer.from([0x00, 0xff, 0x5c]),
      sum: 0.1 + 0.2,
      text: 'a\\b',
      flag: '🏳️',
      day: '2026-03-29T00:00:00.000Z',
    },
  ])
})

withPostgres.each(['LATIN1', 'SQL_ASCII'])(
  'a database in %s is refused by queries, readiness and migrate',
  async (encoding) => {
    const { query } = await newDatabase()
    const name = `encoded_${encoding.toLowerCase()}`
    await query(`create database ${name} owner service encoding '${encoding}' template template0`)
    const { url } = await server()
    await using port = openPort({ DATABASE_URL: url.replace(/\w+$/, name) }, [notes])

    await expectRefused(port, `its server_encoding is ${encoding}: create the database with ENCODING 'UTF8'`)
  },
)

withPostgres('a search_path without a schema is refused by queries, readiness and migrate', async () => {
  const { url, query } = await newDatabase()
  await query(`alter database ${nameOf(url)} set search_path = nowhere`)
  await using port = openPort({ DATABASE_URL: url }, [notes])

  await expectRefused(
    port,
    'its search_path names no schema that the role may use: run `alter role current_user set search_path = public`',
  )
})

withPostgres(
  'tables that belong to another role make the service unavailable and not ready, with the reason',
  async () => {
    const { url, query } = await newDatabase()
    await using first = openPort({ DATABASE_URL: url }, [notes])
    await first.migrate([notes])
    await readNotes(first)
    await query(`create role last_${nameOf(url)}`)
    for (const table of ['notes', 'notes_migrations'])
      await query(`alter table ${table} owner to last_${nameOf(url)}`, [], { database: nameOf(url) })
    await using second = openPort({ DATABASE_URL: url }, [notes])

    for (const port of [first, second]) {
      await expect(writeNote(port)).rejects.toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
      await expect(async () => port.checks()['notes schema']?.()).rejects.toMatchObject({ status: 503 })
      expect(port.logged('the database fails')[0]).toMatchObject({
        reason: expect.stringContaining('the role lacks a privilege'),
        error: { message: expect.stringMatching(/^permission denied for table notes/) },
      })
    }
    await expect(second.migrate([notes])).rejects.toMatchObject({ status: 503 })
  },
)

withPostgres('a database that may not be written to is not ready', async () => {
  const { url, query } = await newDatabase()
  await using before = openPort({ DATABASE_URL: url }, [notes])
  await before.migrate([notes])
  await query(`alter database ${nameOf(url)} set default_transaction_read_only = on`)
  await using port = openPort({ DATABASE_URL: url }, [notes])

  expect(await readNotes(port)).toEqual([])
  await expect(writeNote(port)).rejects.toMatchObject({ status: 503 })
  await expect(port.checks().database?.()).rejects.toThrow('The database is read-only.')
  expect(port.logged('the database fails')).toMatchObject([{ reason: expect.stringContaining('read-only') }])
})

withPostgres(
  'a transaction that the server ends because it was idle is an outage, and the next one works',
  async () => {
    const { url, query } = await newDatabase()
    await query(`alter database ${nameOf(url)} set idle_in_transaction_session_timeout = '100ms'`)
    await using port = openPort({ DATABASE_URL: url, DATABASE_POOL_MAX: '1' })
    const database = await port.open(plain)
    const begun = await database.startTransaction().execute()

    await expect(untilFails(() => sql`select pg_sleep(0.01)`.execute(begun))).resolves.toMatchObject({ status: 503 })
    await begun.rollback().execute()

    await sql`select 1`.execute(database)
  },
)

withPostgres(
  'where the role may have fewer connections than the pool, queries wait for those that there are',
  async () => {
    const { url, query } = await newDatabase()
    await query(`alter database ${nameOf(url)} connection limit 2`)
    await using port = openPort({ DATABASE_URL: url, DATABASE_POOL_MAX: '10', DATABASE_CONNECT_MS: '60000' })
    const database = await port.open(plain)

    const answers = await Promise.all(Array.from({ length: 200 }, () => sql`select pg_sleep(0.01)`.execute(database)))

    expect(answers).toHaveLength(200)
    expect(port.logged('the database fails')).toEqual([])
    expect(port.resource()).toMatchObject({
      warning: expect.stringContaining('fewer connections than DATABASE_POOL_MAX'),
    })
  },
)

withPostgres('where the role may have no connection at all, queries are refused without waiting', async () => {
  const { url, query } = await newDatabase()
  await query(`alter database ${nameOf(url)} connection limit 0`)
  await using port = openPort({ DATABASE_URL: url, DATABASE_POOL_MAX: '10', DATABASE_CONNECT_MS: '600000' })

  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, async () => sql`select 1`.execute(await port.open(plain))),
  )

  expect(outcomes).toMatchObject(outcomes.map(() => ({ reason: { status: 503 } })))
  expect(port.logged('the database fails')).toMatchObject([
    { reason: expect.stringContaining('no memory, disk space') },
  ])
})

withPostgres('the hosts of `?host=a,b&port=1,2` are tried in order', async () => {
  const { url } = await newDatabase()
  const { port: used } = await server()
  const address = new URL(url)
  address.searchParams.set('host', '127.0.0.1,127.0.0.1')
  address.searchParams.set('port', `1,${used}`)
  await using port = openPort({ DATABASE_URL: address.href })

  await sql`select 1`.execute(await port.open(plain))
})

async function expectRefused(port: TestPort, reason: string) {
  const refusal = { status: 503, message: `The database can't be used, because ${reason}.` }
  await expect(readNotes(port)).rejects.toMatchObject(refusal)
  await expect(port.checks().database?.()).rejects.toMatchObject(refusal)
  await expect(port.migrate([notes])).rejects.toMatchObject(refusal)
  expect(port.logged('the database fails').length).toBeGreaterThan(0)
}

/** The error of the first call that fails. */
async function untilFails(call: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    try {
      await call()
      await new Promise((resolve) => setTimeout(resolve, 300))
    } catch (error) {
      return error
    }
  }
}

function server(): Promise<PrivatePostgres> {
  shared ??= openPostgres()
  return shared
}

async function newDatabase() {
  const { createDatabase, query } = await server()
  return { url: await createDatabase(`unusable_${++databases}`), query }
}

const nameOf = (url: string) => new URL(url).pathname.slice(1)
