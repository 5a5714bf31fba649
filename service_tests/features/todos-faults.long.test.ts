// Todos during outages of PostgreSQL: 503 within a bounded time, steady liveness, and recovery without a restart.

import pg from 'pg'
import { findFreePort } from 'private-servers/free-port'
import { openPostgres, postgresMissing } from 'private-servers/postgres'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { faults } from '../attached/fixtures/faults.ts'
import { watchLiveness } from '../attached/fixtures/liveness.ts'
import { shared } from '../attached/fixtures/shared.ts'
import { whenInFlight } from '../metrics-text.ts'
import { runService, type Service } from '../service.ts'
import { spawnService } from '../service-process.ts'
import { BOUND_MS, create, list, migrate, startTodos, TIMEOUT_MS, timed, untilReady } from './todos-service.ts'

const marker = 'm4rker-pa55word'
const withPostgres = test.skipIf(postgresMissing())
const postgres = shared(() => openPostgres())

withPostgres.each(faults)('a PostgreSQL that %s costs 503 until it is back', async (_what, fault) => {
  await using server = await openPostgres()
  const env = { DATABASE_URL: server.url }
  await migrate(env)
  await using service = await startTodos(env)
  await create(service, 'before')
  const before = await list(service)

  {
    await using _steady = watchLiveness(service)
    await fault.begin(server)
    await expectUnavailable(service)
    const during = await list(service)
    await fault.end(server)
    await untilReady(service)

    expect(during).toEqual(before)
  }
  const created = await create(service, 'after')
  const after = await list(service)

  expect(created.status).toBe(201)
  // Between them there may be one whose write was answered with 503, but executed when the server thawed.
  expect([after.at(0)?.content, after.at(-1)?.content]).toEqual(['after', 'before'])
})

withPostgres('a write that a frozen PostgreSQL executes after all is shown when it is back', async () => {
  await using server = await openPostgres()
  const env = { DATABASE_URL: server.url }
  await migrate(env)
  await using service = await startTodos({ ...env, CACHE: 'file' })
  await create(service, 'before')
  await list(service)

  await server.freeze()
  const refused = await create(service, 'late')
  server.thaw()

  expect(refused.status).toBe(503)
  const isShown = async () => (await list(service)).some(({ content }) => content === 'late')
  await until(isShown, { otherwise: () => 'What was written late is not shown.' })
})

withPostgres('a service stops in time while its PostgreSQL is frozen', async () => {
  await using server = await openPostgres()
  const env = { DATABASE_URL: server.url }
  await migrate(env)
  await using service = await startTodos(env)
  await create(service)
  await server.freeze()
  const writing = create(service)
  await whenInFlight(service, 1)

  service.signal('SIGTERM')
  const [written, { code }] = await Promise.all([writing, service.ended])

  expect(written.status).toBe(503)
  expect(code).toBe(0)
})

withPostgres('a PostgreSQL that is down at start is used as soon as it is up', async () => {
  await using server = await openPostgres()
  const env = { DATABASE_URL: server.url }
  await migrate(env)
  await server.stop()
  await using service = await startTodos(env)
  await using _steady = watchLiveness(service)
  await expectUnavailable(service)

  await server.restart()
  await untilReady(service)
  const created = await create(service)

  expect(created.status).toBe(201)
})

withPostgres('a wrong password is not shown, and is tried until it is right', async () => {
  await using server = await openPostgres({ password: 'another' })
  await migrate({ DATABASE_URL: server.url })
  const wrong = { DATABASE_URL: server.url.replace(':another@', `:${marker}@`), LOG_LEVEL: 'trace' }
  await using service = await startTodos(wrong)
  await using _steady = watchLiveness(service)
  await expectUnavailable(service)
  const shown = await showAll(service)

  await server.query(`alter role service password '${marker}'`)
  await untilReady(service)
  const created = await create(service)

  expect(created.status).toBe(201)
  expect(shown + service.log.text()).not.toContain(marker)
  expect(service.log.text()).toContain('password authentication failed')
})

withPostgres('while slow statements hold all connections, other requests get 503 in time', async () => {
  const env = { DATABASE_URL: await (await postgres()).createDatabase('busy'), DATABASE_POOL_MAX: '2' }
  await migrate(env)
  await using service = await startTodos(env)
  await create(service)

  {
    await using _steady = watchLiveness(service)
    await using _lock = await lockTodos(env.DATABASE_URL)
    const writes = await Promise.all(Array.from({ length: 20 }, () => timed(() => create(service))))

    for (const write of writes) expectRefused(write)
  }
  await untilReady(service)
  const created = await create(service)

  expect(created.status).toBe(201)
})

withPostgres('a schema that lacks migrations costs 503 with the remedy, until they are applied', async () => {
  const env = { DATABASE_URL: await (await postgres()).createDatabase('unmigrated') }
  await using service = await startTodos(env)
  await using _steady = watchLiveness(service)
  const [read, written] = [await service.fetch('/todos'), await create(service)]
  const ready = await service.fetch('/health/ready')

  await Promise.all([migrate(env), migrate(env), migrate(env)])
  await untilReady(service)
  const created = await create(service)

  const remedy = 'run `node src/main.ts migrate`'
  expect([read.status, written.status, ready.status]).toEqual([503, 503, 503])
  for (const { headers, body } of [read, written]) {
    expect(body).toContain(remedy)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect(ready.json()).toMatchObject({ checks: { database: 'up', 'todos schema': expect.stringContaining(remedy) } })
  expect(created.status).toBe(201)
})

withPostgres('of several concurrent migrations one applies the changes, and all succeed', async () => {
  const env = { DATABASE_URL: await (await postgres()).createDatabase('migrated') }

  const ended = await Promise.all(Array.from({ length: 3 }, () => runService({ args: 'migrate', env })))

  const lines = ended.flatMap(({ log }) => log.lines)
  expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(3).fill({ code: 0, stderr: '' }))
  expect(lines.filter(({ message }) => message === 'migrated')).toHaveLength(1)
  expect(lines.filter(({ message }) => message === 'there is nothing to migrate')).toHaveLength(2)
})

const failure = expect.objectContaining({
  level: 'fatal',
  message: 'The process "migrate" failed: The database can\'t be reached, or is too busy.',
})

withPostgres('migrating a database that is down ends with exit code 1 and the reason', async () => {
  const url = `postgres://service:${marker}@127.0.0.1:${await findFreePort()}/service`

  const { code, stderr, log } = await runService({ args: 'migrate', env: { DATABASE_URL: url } })

  expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  expect(log.lines).toContainEqual(failure)
  expect(log.text()).toContain('ECONNREFUSED')
  expect(log.text()).not.toContain(marker)
})

withPostgres('migrating a database that is frozen ends with exit code 1 and the reason', async () => {
  await using server = await openPostgres()
  const env = { DATABASE_URL: server.url, DATABASE_TIMEOUT_MS: String(TIMEOUT_MS) }
  await server.freeze()

  const { code, stderr, log } = await runService({ args: 'migrate', env })

  expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  expect(log.lines).toContainEqual(failure)
})

withPostgres('migrations that are stopped end with exit code 1', async () => {
  await using server = await openPostgres()
  const env = { DATABASE_URL: server.url }
  await using _lock = await lockMigrations(server.url)
  const { signal, ended } = spawnService({ args: 'migrate', env })
  const waiting = () => server.query("select 1 from pg_locks where locktype = 'advisory' and not granted")
  await until(async () => (await waiting()).length > 0, {
    otherwise: () => 'The migration does not wait for the lock.',
  })

  signal('SIGTERM')

  expect(await ended).toEqual({ code: 1, stderr: '' })
})

/** Writes, reads that are not cached, and readiness; more at once than there are connections. */
async function expectUnavailable(service: Service) {
  const asked = Array.from({ length: 8 }, (_, index) => [
    timed(() => create(service)),
    timed(() => service.fetch(`/todos?start=${1000 + index}`)),
  ])
  const ready = await timed(() => service.fetch('/health/ready'))

  for (const answer of await Promise.all(asked.flat())) expectRefused(answer)
  expectRefused(ready)
  expect(ready.json()).toMatchObject({ checks: { database: expect.not.stringMatching(/^up$/) } })
}

function expectRefused({ status, headers, tookMs }: Awaited<ReturnType<typeof timed>>) {
  expect(status).toBe(503)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  expect(tookMs).toBeLessThan(BOUND_MS)
}

/** Locks the todos until it is disposed of. */
async function lockTodos(url: string): Promise<AsyncDisposable> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query('begin')
  await client.query('lock table todos in access exclusive mode')
  return { [Symbol.asyncDispose]: () => client.end() }
}

/** Takes the lock of a migration (kysely/dist/dialect/postgres/postgres-adapter.js). */
async function lockMigrations(url: string): Promise<AsyncDisposable> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query('select pg_advisory_lock(3853314791062309107)')
  return { [Symbol.asyncDispose]: () => client.end() }
}

async function showAll(service: Service): Promise<string> {
  const paths = ['/todos', '/info', '/health/ready', '/metrics', '/openapi.json']
  const answers = await Promise.all(paths.map((path) => service.fetch(path)))
  return answers.map(({ headers, body }) => JSON.stringify([...headers]) + body).join()
}
