// Several instances over one database and one cache: each sees the writes of the others, and they are replaced one by
// one under load without losing a request or a todo.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { memcached, openMemcached } from 'private-servers/memcached'
import { nginx, openProxy } from 'private-servers/nginx'
import { openPostgres, postgresMissing } from 'private-servers/postgres'
import type { PrivateServer } from 'private-servers/private-server'
import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { shared } from '../attached/fixtures/shared.ts'
import type { Service } from '../service.ts'
import { create, list, migrate, startTodos, type Todo, untilReady } from './todos-service.ts'

const noPostgres = postgresMissing()
const noRedis = redis.missing() || noPostgres
const noMemcached = memcached.missing() || noPostgres
const noProxy = nginx.missing() || noRedis

const postgres = shared(() => openPostgres())
const sharedRedis = shared(() => openRedis())
const sharedMemcached = shared(() => openMemcached())

/** Between the requests of a client. */
const PAUSE_MS = 10

// The memory of an instance is fresh for a minute, so only the message can invalidate it.
test.skipIf(noRedis)('what is written on one instance is read on the other at once', async () => {
  const env = { ...(await openDatabase('two')), REDIS_URL: (await sharedRedis()).url, CACHE_MEMORY_SECONDS: '60' }
  await using first = await startTodos(env)
  await using second = await startTodos(env)
  await untilInvalidated(first, second)
  await untilInvalidated(second, first)

  for (let round = 0; round < 50; round++) {
    const [writer, reader] = round % 2 === 0 ? [first, second] : [second, first]
    await Promise.all([list(writer), list(reader)])

    const { id } = (await create(writer, `round ${round}`)).json<Todo>()
    const listed = await list(reader)
    const read = await Promise.all([reader, writer].map((service) => service.fetch(`/todos/${id}`)))
    const removed = await reader.fetch(`/todos/${id}`, { method: 'DELETE' })
    const [gone, left] = await Promise.all([writer.fetch(`/todos/${id}`), list(writer)])

    expect(listed.map((todo) => todo.id)).toEqual([id])
    expect([...read, removed, gone].map(({ status }) => status)).toEqual([200, 200, 204, 404])
    expect(left).toEqual([])
  }
})

test.skipIf(noMemcached)(
  'with Memcached, what is written on one instance is read on the other a little later',
  async () => {
    const env = { ...(await openDatabase('later')), MEMCACHED_URL: (await sharedMemcached()).url }
    await using first = await startTodos(env)
    await using second = await startTodos(env)

    for (let round = 0; round < 3; round++) {
      await list(second)
      const { id } = (await create(first)).json<Todo>()
      const isListed = async () => (await list(second))[0]?.id === id
      await until(isListed, { otherwise: () => 'The other instance does not show it.' })
    }
  },
)

test.skipIf(noProxy)('instances are replaced one by one under load, and no request or todo is lost', async () => {
  const env = { ...(await openDatabase('rolled')), REDIS_URL: (await sharedRedis()).url, DRAIN_SECONDS: '1' }
  const start = () => startTodos(env)
  await using first = await start()
  await using second = await start()
  await using proxy = await openProxy({ upstreams: [first.url, second.url] })
  const load = sendLoad(proxy)
  await load.untilWritten(50)

  await using third = await start()
  await untilReady(third)
  await proxy.setUpstreams([third.url, second.url])
  first.signal('SIGTERM')
  const firstEnd = await first.ended
  await load.untilWritten(load.written.length + 50)

  await using fourth = await start()
  await untilReady(fourth)
  await proxy.setUpstreams([third.url, fourth.url])
  second.signal('SIGTERM')
  const secondEnd = await second.ended
  await load.untilWritten(load.written.length + 50)
  await load.stop()

  expect([firstEnd.code, secondEnd.code]).toEqual([0, 0])
  expect(load.failures).toEqual([])
  expect(await readAll(third)).toEqual(load.written.toSorted())
})

/** Settles when the reader gets the invalidations of the writer, which takes a connection to Redis. */
async function untilInvalidated(reader: Service, writer: Service) {
  const isInvalidated = async () => {
    await list(reader)
    const { id } = (await create(writer)).json<Todo>()
    const [newest] = await list(reader)
    await writer.fetch(`/todos/${id}`, { method: 'DELETE' })
    return newest?.id === id && (await list(reader)).length === 0
  }
  await until(isInvalidated, { otherwise: () => 'The reader gets no invalidations of the writer.' })
}

type Address = Pick<PrivateServer, 'host' | 'port'>

/** Clients that write and read their own writes, each over one kept-alive connection. */
function sendLoad(proxy: Address) {
  const written: string[] = []
  const failures: string[] = []
  let sending = true
  let sent = 0
  const clients = Array.from({ length: 4 }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (sending) {
      await writeAndRead(agent).catch((error) => failures.push(String(error)))
      await sleep(PAUSE_MS)
    }
    agent.destroy()
  })

  return {
    written,
    failures,
    async stop() {
      sending = false
      await Promise.all(clients)
    },
    untilWritten: (count: number) =>
      until(() => written.length >= count || failures.length > 0, {
        otherwise: () => `Only ${written.length} of ${count} todos were written.`,
      }),
  }

  async function writeAndRead(agent: Agent) {
    const content = `sent ${++sent}`
    const created = await send(proxy, agent, { method: 'POST', path: '/todos', body: JSON.stringify({ content }) })
    assert.equal(created.status, 201, created.body)
    written.push(content)
    const read = await send(proxy, agent, { method: 'GET', path: `/todos/${JSON.parse(created.body).id}` })
    assert.equal(read.status, 200, read.body)
  }
}

interface Sent {
  method: string
  path: string
  body?: string
}

/**
 * A proxy may close a connection at the moment in which it is used again. Then the request was not processed, and is
 * sent again, as browsers do. If it had been processed, there would be one todo too many.
 */
async function send({ host, port }: Address, agent: Agent, { method, path, body }: Sent) {
  for (;;) {
    const sent = request({ host, port, agent, method, path, headers: { 'content-type': 'application/json' } }).end(body)
    try {
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      return { status: response.statusCode, body: await text(response) }
    } catch (error) {
      if (!sent.reusedSocket || (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
    }
  }
}

/** The contents, sorted. */
async function readAll(service: Service): Promise<string[]> {
  const contents: string[] = []
  for (let page: Todo[] | undefined; page?.length !== 0; ) {
    page = await list(service, `?limit=100&start=${contents.length}`)
    contents.push(...page.map(({ content }) => content))
  }
  return contents.toSorted()
}

async function openDatabase(name: string) {
  // A busy machine is not an outage of the servers.
  const patient = { DATABASE_TIMEOUT_MS: '10000', CACHE_TIMEOUT_MS: '5000' }
  const env = { DATABASE_URL: await (await postgres()).createDatabase(name), KEY_PREFIX: name, ...patient }
  await migrate(env)
  return env
}
