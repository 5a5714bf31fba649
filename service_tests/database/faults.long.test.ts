// Queries while PostgreSQL is down, slow, full or frozen: 503 within the time limit, and success again once it is back,
// without a restart.

import { sql } from 'kysely'
import pg from 'pg'
import { openPostgres, type PrivatePostgres, postgresMissing } from 'private-servers/postgres'
import { until } from 'private-servers/until'
import { afterAll, expect, test } from 'vitest'
import { Problem } from '../../src/chassis/problem.ts'
import { notes, openPort, type Tables, type TestPort } from '../../tests/backing/database/fixtures/test-port.ts'

const TIMEOUT_MS = 3000
const POOL_MAX = 3
/** Far more than the time limits of a test. Without one, a call to a frozen server would never end. */
const BOUNDED_MS = 45_000
/** How long a test waits for something to happen. */
const DEADLINE_MS = 60_000
/** For a test in which something else than the limit has to end the call. */
const UNLIMITED = { DATABASE_TIMEOUT_MS: '120000' }

const faulty = test.skipIf(postgresMissing())
const shared = lazily(() => openPostgres())
let databases = 0
afterAll(async () => (await shared.opened())?.[Symbol.asyncDispose]())

faulty('a server that is killed costs 503 until it is back', async () => {
  await using server = await openPostgres()
  await using port = await openNotes(server.url)
  await expectWell(port)

  await server.kill()
  await expectUnavailable(() => readNotes(port))
  await expectUnavailable(() => readNotes(port))
  await server.restart()
  await expectWell(port)

  expect(port.logged('the database fails')).toHaveLength(1)
  expect(port.logged('the database answers again')).toHaveLength(1)
  expect(
    port
      .lines()
      .map((line) => JSON.stringify(line))
      .join(),
  ).not.toMatch(/secret|postgres:\/\//)
})

faulty('a server that is killed during a query and a transaction ends both', async () => {
  await using server = await openPostgres()
  await using port = await openNotes(server.url, UNLIMITED)
  const database = await port.open<Tables>(notes)
  const begun = await database.startTransaction().execute()
  const sleeping = expectUnavailable(() => sleep(port, 120))
  await untilRunning(server, 'pg_sleep')

  await server.kill()

  await sleeping
  await expectUnavailable(() => begun.insertInto('notes').values(note).execute())
  await begun.rollback().execute()
  await server.restart()
  await expectWell(port)
})

faulty('a server that freezes costs 503 within the limit, and no connection hangs once it runs again', async () => {
  await using server = await openPostgres()
  await using port = await openNotes(server.url)
  await expectWell(port)

  await server.freeze()
  try {
    const calls = Array.from({ length: 3 * POOL_MAX }, () => expectUnavailable(() => readNotes(port)))
    await Promise.all(calls)
    await expectUnavailable(() => transact(port))
    await expectUnavailable(async () => port.checks().database?.())
  } finally {
    server.thaw()
  }

  await expectWell(port)
  expect(port.logged('the database fails')).toHaveLength(1)
})

faulty('a server that freezes within a transaction costs no more, even if the transaction continues', async () => {
  await using server = await openPostgres()
  await using port = await openNotes(server.url)
  const database = await port.open<Tables>(notes)

  try {
    await expectUnavailable(() =>
      database.transaction().execute(async (transaction) => {
        await server.freeze()
        const write = () => transaction.insertInto('notes').values(note).execute()
        for (let persistent = 0; persistent < 5; persistent++) await write().catch(() => {})
        await write()
      }),
    )
  } finally {
    server.thaw()
  }

  await expectWell(port)
})

faulty('a server that is down at start is used once it is up', async () => {
  await using server = await openPostgres()
  await (await openNotes(server.url)).close()
  await server.kill()
  await using port = openPort({ DATABASE_URL: server.url, ...limits }, [notes])

  await expectUnavailable(() => readNotes(port))
  const { database, 'notes schema': schema } = port.checks()
  await expectUnavailable(async () => database?.())
  await expectUnavailable(async () => schema?.())
  await server.restart()
  await untilAnswered(port)

  await expectWell(port)
  await Promise.all([database?.(), schema?.()])
  expect(port.logged('the database fails')).toHaveLength(1)
})

faulty('a wrong password, a missing database and an unknown host are outages', async () => {
  const { url } = await shared.open()
  const wrong = [
    url.replace(':secret@', ':wrong-password@'),
    `${url}-missing`,
    url.replace('127.0.0.1', 'host.invalid'),
  ]

  for (const address of wrong) {
    await using port = openPort({ DATABASE_URL: address, DATABASE_TIMEOUT_MS: '5000', LOG_LEVEL: 'trace' })
    await expectUnavailable(() => readNotes(port))

    expect(port.logged('the database fails')).toHaveLength(1)
    expect(JSON.stringify(port.lines())).not.toMatch(/wrong-password|postgres:\/\//)
  }
})

faulty('while all connections are busy, other queries wait for a limited time', async () => {
  await using port = await openNotes(await newDatabase(), { DATABASE_TIMEOUT_MS: '2000' })
  const database = await port.open<Tables>(notes)
  const begun = await Promise.all(Array.from({ length: POOL_MAX }, () => database.startTransaction().execute()))

  const [gauge] = await connectionsOf(port)
  await expectUnavailable(() => readNotes(port))
  for (const transaction of begun) await transaction.rollback().execute()

  expect(gauge).toBe(POOL_MAX)
  await expectWell(port)
})

faulty('waiting for a connection has a limit of its own, where one is set', async () => {
  const env = { DATABASE_TIMEOUT_MS: '60000', DATABASE_CONNECT_MS: '500' }
  await using port = await openNotes(await newDatabase(), { ...env, DATABASE_POOL_MAX: '1' })
  const transaction = await (await port.open<Tables>(notes)).startTransaction().execute()

  await expectUnavailable(() => readNotes(port))
  await transaction.rollback().execute()

  await readNotes(port)
})

faulty('a statement that exceeds the limit is cancelled by the server, and its connection remains', async () => {
  await using port = await openNotes(await newDatabase())
  const database = await port.open<Tables>(notes)
  const pid = () => sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database)
  const [before] = (await pid()).rows

  await expectUnavailable(() => sleep(port, 120))
  const [after] = (await pid()).rows

  expect(after).toEqual(before)
  await expectWell(port)
})

faulty('waiting for a lock ends with the limit', async () => {
  const url = await newDatabase()
  await using port = await openNotes(url)
  const locker = new pg.Client(url)
  await locker.connect()
  await locker.query('begin')
  await locker.query('lock table notes in access exclusive mode')

  const database = await port.open<Tables>(notes)
  await expectUnavailable(() => database.insertInto('notes').values(note).execute())
  await locker.end()

  await expectWell(port)
})

faulty('a connection that ends while idle is replaced without a failure', async () => {
  await using port = await openNotes(await newDatabase(), { LOG_LEVEL: 'trace' })
  await expectWell(port)

  await terminate(port)
  await untilEmpty(port)

  await expectWell(port)
  expect(port.logged('the database fails')).toEqual([])
  expect(JSON.stringify(port.lines())).not.toContain('secret')
})

faulty('a connection that ends during a query or a transaction is replaced', async () => {
  const server = await shared.open()
  await using port = await openNotes(await newDatabase(), UNLIMITED)
  const database = await port.open<Tables>(notes)
  const begun = await database.startTransaction().execute()
  const sleeping = expectUnavailable(() => sleep(port, 100))
  await untilRunning(server, 'pg_sleep(100')

  await terminate(port)

  await sleeping
  await expectUnavailable(() => begun.insertInto('notes').values(note).execute())
  await begun.rollback().execute()
  await untilEmpty(port)
  await expectWell(port)
})

faulty('a server that accepts no more connections costs 503 where the process has none', async () => {
  await using server = await openPostgres({ settings: { max_connections: '6', superuser_reserved_connections: '2' } })
  await (await openNotes(server.url)).close()
  await using port = openPort({ DATABASE_URL: server.url, ...limits }, [notes])
  // Of the six, two are reserved for superusers. What has been closed is free after a moment.
  const greedy: pg.Client[] = []
  const take = async () => {
    const client = new pg.Client(server.url)
    client.on('error', () => {})
    await client.connect().then(
      () => greedy.push(client),
      () => {},
    )
    return greedy.length === 4
  }
  await until(take, { deadlineMs: DEADLINE_MS, otherwise: () => 'The connections cannot all be taken.' })

  await expectUnavailable(() => Promise.any(Array.from({ length: POOL_MAX }, () => readNotes(port))).catch(firstOf))
  for (const client of greedy) await client.end()

  await untilAnswered(port)
})

/** Of the errors of several calls, all of which have failed. */
function firstOf({ errors }: AggregateError): never {
  throw errors[0]
}

const limits = { DATABASE_TIMEOUT_MS: String(TIMEOUT_MS), DATABASE_POOL_MAX: String(POOL_MAX) }
const note = { id: 1, text: 'first', written_at: null }

async function newDatabase(): Promise<string> {
  return (await shared.open()).createDatabase(`faults_${++databases}`)
}

/** A port that knows that its schema is complete, and has connected. */
async function openNotes(url: string, env: NodeJS.ProcessEnv = {}): Promise<TestPort> {
  const port = openPort({ DATABASE_URL: url, ...limits, ...env }, [notes])
  await using migrating = openPort({ DATABASE_URL: url })
  await migrating.migrate([notes])
  await untilAnswered(port)
  return port
}

async function readNotes(port: TestPort) {
  return (await port.open<Tables>(notes)).selectFrom('notes').selectAll().execute()
}

async function transact(port: TestPort) {
  const database = await port.open<Tables>(notes)
  return database.transaction().execute((transaction) => transaction.deleteFrom('notes').execute())
}

async function sleep(port: TestPort, seconds: number) {
  return sql`select pg_sleep(${sql.lit(seconds)})`.execute(await port.open<Tables>(notes))
}

async function expectUnavailable(call: () => Promise<unknown>, limitMs = BOUNDED_MS) {
  const beginMs = performance.now()
  const error = await call().then(
    () => 'There was an answer.',
    (thrown) => thrown,
  )
  const tookMs = performance.now() - beginMs

  expect(error).toBeInstanceOf(Problem)
  expect(error).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, cause: expect.any(Error) })
  expect(error.message).toBe("The database can't be reached, or is too busy.")
  expect(tookMs).toBeLessThan(limitMs)
}

/** As many queries at once as there may be connections: none has been lost. */
async function expectWell(port: TestPort) {
  const database = await port.open<Tables>(notes)
  const begun = await Promise.all(Array.from({ length: POOL_MAX }, () => database.startTransaction().execute()))
  const answers = await Promise.all(begun.map((transaction) => transaction.selectFrom('notes').selectAll().execute()))
  for (const transaction of begun) await transaction.commit().execute()

  expect(answers).toHaveLength(POOL_MAX)
}

/** Ends all connections of this port. */
async function terminate(port: TestPort) {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(
    await port.open<Tables>(notes),
  )
  const server = await shared.open()
  await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [rows[0]!.name])
}

async function untilRunning({ query }: PrivatePostgres, text: string) {
  const running = () =>
    query("select 1 from pg_stat_activity where state = 'active' and query like $1", [`select ${text}%`])
  await until(async () => (await running()).length > 0, {
    deadlineMs: DEADLINE_MS,
    otherwise: () => 'The query has not begun.',
  })
}

async function untilAnswered(port: TestPort) {
  await until(() => readNotes(port).then(Boolean, () => false), {
    deadlineMs: DEADLINE_MS,
    otherwise: () => 'There is still no answer.',
  })
}

async function untilEmpty(port: TestPort) {
  await until(async () => (await connectionsOf(port)).every((count) => count === 0), {
    deadlineMs: DEADLINE_MS,
    otherwise: () => 'The pool keeps connections that have ended.',
  })
}

async function connectionsOf(port: TestPort): Promise<(number | undefined)[]> {
  const { values } = await port.registry.getSingleMetric('database_connections')!.get()
  return ['busy', 'idle', 'waiting'].map((state) => values.find(({ labels }) => labels.state === state)?.value)
}

function lazily<Value>(open: () => Promise<Value>) {
  let opening: Promise<Value> | undefined
  return {
    open() {
      opening ??= open()
      return opening
    },
    opened: () => opening,
  }
}
