// Todos and the cache that instances share: in its outages no request fails, and it is used again after them.
// Concurrent misses cost one query.

import pg from 'pg'
import { memcached, openMemcached } from 'private-servers/memcached'
import { openPostgres, postgresMissing } from 'private-servers/postgres'
import type { PrivateServer } from 'private-servers/private-server'
import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { faults } from '../attached/fixtures/faults.ts'
import { watchLiveness } from '../attached/fixtures/liveness.ts'
import { shared } from '../attached/fixtures/shared.ts'
import type { Answer } from '../http-answer.ts'
import { readMetric, whenInFlight } from '../metrics-text.ts'
import type { Service } from '../service.ts'
import { create, list, migrate, startTodos, timed } from './todos-service.ts'

const marker = 'm4rker-pa55word'
const noPostgres = postgresMissing()
const noRedis = redis.missing() || noPostgres
const noMemcached = memcached.missing() || noPostgres

const postgres = shared(() => openPostgres())
let databases = 0

/** Only outages count as failures, and not what a busy machine delays. */
const unhurried = { CACHE_TIMEOUT_MS: '2000' }

const ROUNDS = 15
/** A few time limits of the cache, and the rest for a busy machine. A request that waited for it would not end. */
const SLOWEST_MS = 30_000

testWith('Redis', { open: openRedis, variable: 'REDIS_URL', missing: noRedis })
testWith('Memcached', { open: openMemcached, variable: 'MEMCACHED_URL', missing: noMemcached })

test.skipIf(noRedis)('a Redis that refuses the password costs no request, and the password is not shown', async () => {
  await using server = await openRedis({ password: 'another' })
  const REDIS_URL = server.url.replace(':another@', `:${marker}@`)
  await using service = await startTodos({ ...(await openDatabase()), REDIS_URL, LOG_LEVEL: 'trace' })

  await expectAllAnswered(service)
  const paths = ['/info', '/health/ready', '/metrics', '/todos']
  const answers = await Promise.all(paths.map((path) => service.fetch(path)))

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  await service.log.find({ message: 'Redis fails' })
  expect(service.log.text()).toContain('WRONGPASS')
  expect(answers.map(({ body }) => body).join() + service.log.text()).not.toContain(marker)
})

test.skipIf(noPostgres)('1,000 concurrent requests for a page that is not cached cost one query', async () => {
  const env = await openDatabase()
  await using service = await startTodos({ ...env, MAX_IN_FLIGHT: '2000', DATABASE_TIMEOUT_MS: '60000' })
  await create(service, 'wanted by many')
  const queriesBefore = await queriesOf(service)
  const client = new pg.Client(env.DATABASE_URL)
  await client.connect()

  // The query waits until all requests are in flight.
  await client.query('begin')
  await client.query('lock table todos in access exclusive mode')
  const asking = Array.from({ length: 1000 }, () => service.fetch('/todos'))
  await whenInFlight(service, 1000)
  await client.end()
  const answers = await Promise.all(asking)

  expect((await queriesOf(service)) - queriesBefore).toBe(1)
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
  expect(answers[0]?.body).toContain('wanted by many')
})

async function openDatabase() {
  const env = { DATABASE_URL: await (await postgres()).createDatabase(`cached_${++databases}`) }
  await migrate(env)
  return { ...env, DATABASE_TIMEOUT_MS: '30000' }
}

interface Store {
  open(): Promise<PrivateServer>
  variable: string
  missing: boolean
}

function testWith(name: string, { open, variable, missing }: Store) {
  const testIt = test.skipIf(missing)

  testIt.each(faults)(`a ${name} that %s costs no request`, async (_what, fault) => {
    await using server = await open()
    await using service = await startTodos({ ...(await openDatabase()), [variable]: server.url, ...unhurried })
    await untilUsed(service)

    {
      await using _steady = watchLiveness(service)
      await fault.begin(server)
      await expectAllAnswered(service).finally(() => fault.end(server))
    }

    await untilUsed(service)
    expect(service.log.lines.filter(({ message }) => message === `${name} fails`)).toHaveLength(1)
  })

  testIt(`a ${name} that is not there at start is used when it comes`, async () => {
    await using server = await open()
    await server.stop()
    await using service = await startTodos({ ...(await openDatabase()), [variable]: server.url })

    await expectAllAnswered(service)
    await server.restart()

    await untilUsed(service)
  })
}

/** Each round reads its own write, by the list and by its id. The cache is tried, but not by each request. */
async function expectAllAnswered(service: Service) {
  const failedBefore = await askedOfStore(service, 'error')
  const beginMs = performance.now()
  let slowestMs = 0
  const ask = async (send: () => Promise<Answer>) => {
    const answer = await timed(send)
    slowestMs = Math.max(slowestMs, answer.tookMs)
    return answer
  }
  for (let round = 0; round < ROUNDS; round++) {
    const created = await ask(() => create(service, `round ${round}`))
    const { id } = created.json<{ id: string }>()
    const page = await ask(() => service.fetch('/todos?limit=1'))
    const read = await ask(() => service.fetch(`/todos/${id}`))

    expect([created.status, page.status, read.status]).toEqual([201, 200, 200])
    expect(page.json()).toMatchObject({ data: [{ id }] })
  }
  const tookSeconds = (performance.now() - beginMs) / 1000
  const failed = (await askedOfStore(service, 'error')) - failedBefore

  expect((await service.fetch('/health/ready')).status).toBe(200)
  expect(slowestMs).toBeLessThan(SLOWEST_MS)
  expect(failed).toBeGreaterThan(0)
  expect(failed).toBeLessThan(10 + 2 * tookSeconds)
}

let unread = 0

/** Settles when misses in memory are read from the shared cache. */
async function untilUsed(service: Service) {
  const isUsed = async () => {
    const before = await askedOfStore(service, 'ok')
    await list(service, `?start=${++unread}`)
    return (await askedOfStore(service, 'ok')) > before
  }
  await until(isUsed, { otherwise: () => 'The shared cache is not used.' })
}

/** The number of commands to the shared cache. */
const askedOfStore = (service: Service, outcome: 'ok' | 'error') =>
  readMetric(service, 'cache_store_duration_seconds_count', { outcome })

const queriesOf = (service: Service) => readMetric(service, 'database_query_duration_seconds_count')
