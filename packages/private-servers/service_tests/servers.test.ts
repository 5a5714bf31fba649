// The private servers that tests and benchmarks use in place of bound services: they are real, they can be broken at
// will, and nothing remains of them.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { Redis, type RedisOptions } from 'ioredis'
import memjs from 'memjs'
import pg from 'pg'
import { createAuthority, openssl } from 'private-servers/authority'
import { findFreePort } from 'private-servers/free-port'
import { memcached, openMemcached } from 'private-servers/memcached'
import { nginx, openProxy } from 'private-servers/nginx'
import { openPostgres, postgresMissing } from 'private-servers/postgres'
import type { PrivateServer } from 'private-servers/private-server'
import { readTree, untilGone } from 'private-servers/process-tree'
import { openRabbitmq, rabbitmq } from 'private-servers/rabbitmq'
import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'

const PATIENT_MS = 60_000
const IMPATIENT_MS = 500

// What Node says depends on whether the server shows the authority's certificate beside its own.
const UNTRUSTED = /self-signed certificate in certificate chain|unable to verify the first certificate/

// RabbitMQ starts too slowly to be started for each test.
const SLOW = { timeout: 120_000 }

const missing = {
  postgres: postgresMissing(),
  redis: redis.missing(),
  memcached: memcached.missing(),
  nginx: nginx.missing(),
  rabbitmq: rabbitmq.missing(),
  openssl: openssl.missing(),
}

const kinds = [
  { name: 'PostgreSQL', skip: missing.postgres, open: openPostgres, ask: askPostgres },
  { name: 'Redis', skip: missing.redis, open: openRedis, ask: askRedis },
  { name: 'Memcached', skip: missing.memcached, open: openMemcached, ask: askMemcached },
  { name: 'nginx', skip: missing.nginx, open: () => openProxy({ upstreams: [] }), ask: askProxy },
]

for (const { name, skip, open, ask } of kinds) {
  test.skipIf(skip)(`${name} answers by any name of this machine`, async () => {
    await using server: PrivateServer = await open()

    await ask(server)
    await ask({ ...server, host: 'localhost' })
  })

  test.skipIf(skip)(`${name} is killed, and answers again after a restart on the same port`, async () => {
    await using server: PrivateServer = await open()
    await ask(server)

    await server.kill()
    expect(server.pids()).toEqual([])
    await expect(ask(server)).rejects.toThrow()

    await server.restart()
    await ask(server)
  })

  test.skipIf(skip)(`${name} can be restarted while it runs, and stopped`, async () => {
    await using server: PrivateServer = await open()

    await server.restart()
    await ask(server)

    await server.stop()
    expect(server.pids()).toEqual([])
    await expect(ask(server)).rejects.toThrow()
  })

  test.skipIf(skip)(`${name} keeps clients waiting while it is frozen`, async () => {
    await using server: PrivateServer = await open()

    await server.freeze()
    await expect(ask(server, IMPATIENT_MS)).rejects.toThrow()

    server.thaw()
    await ask(server)
  })

  test.skipIf(skip)(`nothing remains of ${name}, in whatever state it was left`, async () => {
    const left = await Promise.all([open(), open(), open()])
    const [running, frozen, killed] = left as [PrivateServer, PrivateServer, PrivateServer]
    const pids = left.flatMap((server) => server.pids())
    await frozen.freeze()
    await killed.kill()

    await Promise.all([running, frozen, killed].map((server) => server[Symbol.asyncDispose]()))

    expect(pids.flatMap(readTree)).toEqual([])
    expect(left.map(({ folder }) => folder).filter(existsSync)).toEqual([])
  })
}

test.skipIf(missing.rabbitmq)('RabbitMQ is killed, restarted, frozen and removed like the others', SLOW, async () => {
  const server = await openRabbitmq()
  await using _ = server
  await askRabbitmq(server)

  await server.kill()
  await expect(askRabbitmq(server)).rejects.toThrow()

  await server.restart()
  await askRabbitmq({ ...server, host: 'localhost' })

  await server.freeze()
  await expect(askRabbitmq(server, IMPATIENT_MS)).rejects.toThrow()

  server.thaw()
  await askRabbitmq(server)

  const pids = server.pids()
  await server.stop()
  await untilGone(pids)

  await server[Symbol.asyncDispose]()
  expect(existsSync(server.folder)).toBe(false)
})

test.skipIf(missing.postgres).each(['SIGTERM', 'SIGKILL'] as const)(
  'a server and its folder go when the process that opened it gets %s',
  async (signal) => {
    const { child, pids, folder } = await openElsewhere('setInterval(() => {}, 1000)')
    const ended = once(child, 'exit')

    child.kill(signal)
    await ended

    await untilGone(pids)
    await untilRemoved(folder)
  },
)

test.skipIf(missing.postgres)('a script that forgets its server ends, and takes the server with it', async () => {
  const { pids, folder, ended } = await openElsewhere('')

  expect(await ended).toBe(0)
  await untilGone(pids)
  await untilRemoved(folder)
})

test.skipIf(missing.postgres)('a server that does not start says why, in the words of its log', async () => {
  const opening = openPostgres({ settings: { no_such_setting: '1' } })

  await expect(opening).rejects.toThrow('unrecognized configuration parameter "no_such_setting"')
})

test('a free port is one that nobody listens on, and that nobody is given by chance', async () => {
  const port = await findFreePort()

  const server = createServer().listen(port)
  await once(server, 'listening')
  server.close()

  expect(port).toBeLessThan(32_768)
})

test.skipIf(missing.postgres)('the user of the database owns it, and may do nothing else', async () => {
  await using server = await openPostgres({ password: "it's @:/?#%" })

  const [user] = await withPostgres(
    { connectionString: server.url },
    'select usesuper, usecreatedb from pg_user where usename = user',
  )
  await withPostgres(fromCredentials(server), 'create table kept (id int)')
  const [table] = await server.query("select tableowner from pg_tables where tablename = 'kept'")

  expect(user).toEqual({ usesuper: false, usecreatedb: false })
  expect(table).toEqual({ tableowner: 'service' })
  expect(server.credentials).toMatchObject({
    username: 'service',
    password: "it's @:/?#%",
    name: 'service',
    uri: server.url,
  })
})

test.skipIf(missing.postgres)('a wrong password is refused', async () => {
  await using server = await openPostgres()

  const asking = withPostgres({ ...fromCredentials(server), password: 'wrong' }, 'select 1')

  await expect(asking).rejects.toThrow('password authentication failed')
})

test.skipIf(missing.postgres)('databases in one server know nothing of each other', async () => {
  await using server = await openPostgres()
  const connectionString = await server.createDatabase('another')

  await withPostgres({ connectionString }, 'create table kept (id int)')

  const tables = "select tablename from pg_tables where tableowner = 'service'"
  expect(await server.query(tables)).toEqual([])
  expect(await server.query(tables, [], { database: 'another' })).toEqual([{ tablename: 'kept' }])
})

test.skipIf(missing.postgres)('what was committed outlives a kill of PostgreSQL', async () => {
  await using server = await openPostgres()
  await withPostgres({ connectionString: server.url }, 'create table kept as select 7 as id')

  await server.kill()
  await server.restart()

  expect(await server.query('select id from kept')).toEqual([{ id: 7 }])
})

test.skipIf(missing.postgres)('PostgreSQL takes settings', async () => {
  await using server = await openPostgres({ settings: { max_connections: '7', fsync: 'on' } })

  const rows = await server.query(
    "select setting from pg_settings where name in ('max_connections', 'fsync') order by name",
  )

  expect(rows).toEqual([{ setting: 'on' }, { setting: '7' }])
})

test.skipIf(missing.postgres || missing.openssl)('PostgreSQL speaks TLS to those who trust its authority', async () => {
  await using authority = await createAuthority()
  await using server = await openPostgres({ tls: authority })
  const login = fromCredentials(server)
  const usage = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()'

  const trusting = await withPostgres({ ...login, ssl: { ca: String(server.credentials.ca) } }, usage)

  expect(trusting).toEqual([{ ssl: true }])
  await expect(withPostgres({ ...login, ssl: true }, usage)).rejects.toThrow(UNTRUSTED)
  await expect(withPostgres(login, usage)).rejects.toThrow('no encryption')
  expect(server.url).toMatch(/[?]sslmode=verify-full$/)
})

test.skipIf(missing.redis || missing.openssl)('Redis speaks TLS to those who trust its authority', async () => {
  await using authority = await createAuthority()
  await using server = await openRedis({ tls: authority })

  await askRedis(server, PATIENT_MS, { tls: { ca: String(server.credentials.ca) } })

  await expect(askRedis(server)).rejects.toThrow(UNTRUSTED)
})

test.skipIf(missing.rabbitmq || missing.openssl)(
  'RabbitMQ speaks TLS to those who trust its authority',
  SLOW,
  async () => {
    await using authority = await createAuthority()
    await using server = await openRabbitmq({ tls: authority })

    await askRabbitmq(server, PATIENT_MS, { ca: String(server.credentials.ca) })

    await expect(askRabbitmq(server, PATIENT_MS, {})).rejects.toThrow(UNTRUSTED)
  },
)

test.skipIf(missing.openssl)('a certificate is for the host that it was issued to, and for this machine', async () => {
  await using authority = await createAuthority()
  const { X509Certificate } = await import('node:crypto')

  const { certFile } = await authority.issue('database.internal', '192.0.2.7')
  const certificate = new X509Certificate(readFileSync(certFile))

  expect(certificate.verify(new X509Certificate(authority.ca).publicKey)).toBe(true)
  expect(['database.internal', 'localhost'].map((host) => certificate.checkHost(host))).not.toContain(undefined)
  expect(['192.0.2.7', '127.0.0.1', '::1'].map((ip) => certificate.checkIP(ip))).not.toContain(undefined)
  expect(certificate.checkHost('elsewhere.internal')).toBeUndefined()
})

test.skipIf(missing.openssl)('nothing remains of an authority', async () => {
  const authority = await createAuthority()
  const { certFile, keyFile } = await authority.issue()

  await authority[Symbol.asyncDispose]()

  expect([authority.caFile, certFile, keyFile].filter(existsSync)).toEqual([])
})

test.skipIf(missing.redis)('Redis asks for its password', async () => {
  await using server = await openRedis({ password: 'x "y" @:/' })

  await askRedis(server)

  await expect(askRedis({ ...server, url: `redis://${server.host}:${server.port}` })).rejects.toThrow('NOAUTH')
})

test.skipIf(missing.redis).each([
  { title: 'forgets what was written when it is killed', appendonly: false, kept: null },
  { title: 'keeps what was written if asked to', appendonly: true, kept: 'value' },
])('Redis $title', async ({ appendonly, kept }) => {
  await using server = await openRedis({ appendonly })
  await withRedis(server.url, (client) => client.set('key', 'value'))

  await server.kill()
  await server.restart()

  expect(await withRedis(server.url, (client) => client.get('key'))).toBe(kept)
})

test.skipIf(missing.nginx)('the proxy tells an instance who asks, and for what', async () => {
  let seen: IncomingHttpHeaders = {}
  await using instance = await openInstance((req, res) => {
    seen = req.headers
    res.end()
  })
  await using proxy = await openProxy({ upstreams: [instance.url] })

  await fetch(proxy.url)

  const host = `127.0.0.1:${proxy.port}`
  expect(seen).toMatchObject({
    host,
    'x-forwarded-host': host,
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
  })
})

test.skipIf(missing.nginx)('the proxy keeps its connection to an instance', async () => {
  const ports = new Set<number | undefined>()
  await using instance = await openInstance((req, res) => {
    ports.add(req.socket.remotePort)
    res.end()
  })
  await using proxy = await openProxy({ upstreams: [instance.url] })

  for (let count = 0; count < 5; count++) await (await fetch(proxy.url)).text()

  expect(ports.size).toBe(1)
})

test.skipIf(missing.nginx)('the proxy has other instances repeat what may be repeated, and nothing else', async () => {
  await using broken = await openInstance((req) => req.socket.destroy())
  await using sound = await openInstance((_, res) => res.end())
  await using proxy = await openProxy({ upstreams: [broken.url, sound.url] })
  const statuses = async (method: string) =>
    [await fetch(proxy.url, { method }), await fetch(proxy.url, { method })].map(({ status }) => status)

  expect(await statuses('GET')).toEqual([200, 200])
  expect((await statuses('POST')).toSorted()).toEqual([200, 502])
})

test.skipIf(missing.nginx)('the proxy turns to other instances, and lets the former finish', async () => {
  const arrived = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  await using former = await openInstance(async (_, res) => {
    arrived.resolve()
    await release.promise
    res.end('former')
  })
  await using latter = await openInstance((_, res) => res.end('latter'))
  await using proxy = await openProxy({ upstreams: [former.url] })
  const held = fetch(proxy.url)
  await arrived.promise

  await proxy.setUpstreams([latter.url])
  const answers = await Promise.all([1, 2, 3, 4].map(async () => (await fetch(proxy.url)).text()))
  release.resolve()

  expect(answers).toEqual(['latter', 'latter', 'latter', 'latter'])
  expect(await (await held).text()).toBe('former')
})

test.skipIf(missing.nginx)('the proxy says so when it does not understand an address', async () => {
  await using proxy = await openProxy({ upstreams: [] })

  await expect(proxy.setUpstreams(['http://127.0.0.1;nonsense'])).rejects.toThrow('"nonsense"')
})

async function withPostgres(config: pg.ClientConfig, sql: string, timeoutMs = PATIENT_MS): Promise<unknown[]> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

function fromCredentials({ credentials }: PrivateServer): pg.ClientConfig {
  const { host, port, username, password, name } = credentials
  return {
    host: String(host),
    port: Number(port),
    user: String(username),
    password: String(password),
    database: String(name),
  }
}

async function askPostgres(server: PrivateServer, timeoutMs = PATIENT_MS) {
  const { host } = server
  expect(await withPostgres({ ...fromCredentials(server), host }, 'select 1 as one', timeoutMs)).toEqual([{ one: 1 }])
}

type RedisLimits = Pick<RedisOptions, 'tls' | 'commandTimeout' | 'connectTimeout'>

async function withRedis<T>(url: string, use: (client: Redis) => Promise<T>, options: RedisLimits = {}): Promise<T> {
  const client = new Redis(url, { retryStrategy: () => null, lazyConnect: true, ...options })
  let reason: Error | undefined
  client.on('error', (error) => {
    reason = error
  })
  try {
    await client.connect()
    return await use(client)
  } catch (error) {
    throw reason ?? error
  } finally {
    client.disconnect()
  }
}

async function askRedis({ url, host }: PrivateServer, timeoutMs = PATIENT_MS, options: RedisLimits = {}) {
  const limits = { commandTimeout: timeoutMs, connectTimeout: timeoutMs }
  const named = url.replace('127.0.0.1', host)
  expect(await withRedis(named, (client) => client.ping(), { ...limits, ...options })).toBe('PONG')
}

async function askMemcached({ host, port }: PrivateServer, timeoutMs = PATIENT_MS) {
  const timeout = timeoutMs / 1000
  const silent = { log: () => {} }
  const client = memjs.Client.create(`${host}:${port}`, { timeout, conntimeout: timeout, retries: 0, logger: silent })
  try {
    await client.set('key', 'value', {})
    expect(String((await client.get('key')).value)).toBe('value')
  } finally {
    client.close()
  }
}

/** Without instances its answer is its own. */
async function askProxy({ host, port }: PrivateServer, timeoutMs = PATIENT_MS) {
  const { status } = await fetch(`http://${host}:${port}`, { signal: AbortSignal.timeout(timeoutMs) })
  expect(status).toBe(502)
}

/** Begins what every client of AMQP 0-9-1 begins with, and is answered by the first method, "start". */
async function askRabbitmq({ host, port }: PrivateServer, timeoutMs = PATIENT_MS, tls?: { ca?: string }) {
  const socket = tls ? connectSecurely({ host, port, ...tls }) : connect(port, host)
  try {
    const answer = once(socket, 'data', { signal: AbortSignal.timeout(timeoutMs) })
    socket.write('AMQP\0\0\x09\x01')
    const [frame] = await answer
    expect(frame.subarray(7, 11)).toEqual(Buffer.from([0, 10, 0, 10]))
  } finally {
    socket.on('error', () => {}).destroy()
  }
}

async function openInstance(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** A server that another process has opened, which then does as it is told. */
async function openElsewhere(then: string) {
  const script = `
    const { openPostgres } = await import(${JSON.stringify(import.meta.resolve('private-servers/postgres'))})
    const server = await openPostgres()
    console.log(JSON.stringify({ pids: server.pids(), folder: server.folder }))
    ${then}
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit').then(([code]) => code)
  const [line] = await once(child.stdout, 'data')
  return { child, ended, ...(JSON.parse(line) as { pids: number[]; folder: string }) }
}

async function untilRemoved(folder: string) {
  await until(() => !existsSync(folder), { deadlineMs: PATIENT_MS, otherwise: () => `${folder} is still there.` })
}
