// The private servers that tests and benchmarks use as backing services: they are real, they can be broken, and they
// are removed completely.

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
import { openPgbouncer, pgbouncer } from 'private-servers/pgbouncer'
import { openPostgres, postgresMissing } from 'private-servers/postgres'
import type { PrivateServer } from 'private-servers/private-server'
import { readTree, untilGone } from 'private-servers/process-tree'
import { openRabbitmq, rabbitmq } from 'private-servers/rabbitmq'
import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'

const RESPONSE_MS = 60_000
const SHORT_MS = 500

// The message depends on whether the server sends the certificate of the authority as well.
const UNTRUSTED = /self-signed certificate in certificate chain|unable to verify the first certificate/

// RabbitMQ starts too slowly to be started for each test.
const missing = {
  postgres: postgresMissing(),
  redis: redis.missing(),
  memcached: memcached.missing(),
  nginx: nginx.missing(),
  rabbitmq: rabbitmq.missing(),
  openssl: openssl.missing(),
}

const kinds = [
  { name: 'PostgreSQL', skip: missing.postgres, open: openPostgres, ping: pingPostgres },
  { name: 'Redis', skip: missing.redis, open: openRedis, ping: pingRedis },
  { name: 'Memcached', skip: missing.memcached, open: openMemcached, ping: pingMemcached },
  { name: 'nginx', skip: missing.nginx, open: () => openProxy({ upstreams: [] }), ping: pingProxy },
]

test.skipIf(missing.postgres || pgbouncer.missing())(
  'PgBouncer passes queries on to PostgreSQL, also after a restart, and is removed completely',
  async () => {
    await using postgres = await openPostgres()
    const server = await openPgbouncer(postgres, { mode: 'transaction' })

    await pingPostgres(server)
    await server.restart()
    await pingPostgres(server)
    const pids = server.pids()
    await server[Symbol.asyncDispose]()

    expect(pids.flatMap(readTree)).toEqual([])
    expect(existsSync(server.folder)).toBe(false)
  },
)

for (const { name, skip, open, ping } of kinds) {
  test.skipIf(skip)(`${name} responds at 127.0.0.1 and at localhost`, async () => {
    await using server: PrivateServer = await open()

    await ping(server)
    await ping({ ...server, host: 'localhost' })
  })

  test.skipIf(skip)(`${name} can be killed, and responds again after a restart on the same port`, async () => {
    await using server: PrivateServer = await open()
    await ping(server)

    await server.kill()
    expect(server.pids()).toEqual([])
    await expect(ping(server)).rejects.toThrow()

    await server.restart()
    await ping(server)
  })

  test.skipIf(skip)(`${name} can be restarted while it runs, and stopped`, async () => {
    await using server: PrivateServer = await open()

    await server.restart()
    await ping(server)

    await server.stop()
    expect(server.pids()).toEqual([])
    await expect(ping(server)).rejects.toThrow()
  })

  test.skipIf(skip)(`${name} does not respond while it is frozen`, async () => {
    await using server: PrivateServer = await open()

    await server.freeze()
    await expect(ping(server, SHORT_MS)).rejects.toThrow()

    server.thaw()
    await ping(server)
  })

  test.skipIf(skip)(`${name} is removed completely, whether it is running, frozen or killed`, async () => {
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

test.skipIf(missing.rabbitmq)('RabbitMQ can be killed, restarted, frozen and removed like the others', async () => {
  const server = await openRabbitmq()
  await using _ = server
  await pingRabbitmq(server)

  await server.kill()
  await expect(pingRabbitmq(server)).rejects.toThrow()

  await server.restart()
  await pingRabbitmq({ ...server, host: 'localhost' })

  await server.freeze()
  await expect(pingRabbitmq(server, SHORT_MS)).rejects.toThrow()

  server.thaw()
  await pingRabbitmq(server)

  const pids = server.pids()
  await server.stop()
  await untilGone(pids)

  await server[Symbol.asyncDispose]()
  expect(existsSync(server.folder)).toBe(false)
})

test.skipIf(missing.postgres).each(['SIGTERM', 'SIGKILL'] as const)(
  'a server and its folder are removed when the process that opened it gets %s',
  async (signal) => {
    const { child, pids, folder } = await openElsewhere('setInterval(() => {}, 1000)')
    const ended = once(child, 'exit')

    child.kill(signal)
    await ended

    await untilGone(pids)
    await untilRemoved(folder)
  },
)

test.skipIf(missing.postgres)(
  'a script that does not dispose of its server ends, and the server is removed',
  async () => {
    const { pids, folder, ended } = await openElsewhere('')

    expect(await ended).toBe(0)
    await untilGone(pids)
    await untilRemoved(folder)
  },
)

test.skipIf(missing.postgres)('the error for a server that does not start contains its log', async () => {
  const opening = openPostgres({ settings: { no_such_setting: '1' } })

  await expect(opening).rejects.toThrow('unrecognized configuration parameter "no_such_setting"')
})

test('a free port has no listener, and is below the ephemeral range', async () => {
  const port = await findFreePort()

  const server = createServer().listen(port)
  await once(server, 'listening')
  server.close()

  expect(port).toBeLessThan(32_768)
})

test.skipIf(missing.postgres)('the user owns its database, and has no other rights', async () => {
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

test.skipIf(missing.postgres)('a wrong password is rejected', async () => {
  await using server = await openPostgres()

  const query = withPostgres({ ...fromCredentials(server), password: 'wrong' }, 'select 1')

  await expect(query).rejects.toThrow('password authentication failed')
})

test.skipIf(missing.postgres)('databases of one server are separate', async () => {
  await using server = await openPostgres()
  const connectionString = await server.createDatabase('another')

  await withPostgres({ connectionString }, 'create table kept (id int)')

  const tables = "select tablename from pg_tables where tableowner = 'service'"
  expect(await server.query(tables)).toEqual([])
  expect(await server.query(tables, [], { database: 'another' })).toEqual([{ tablename: 'kept' }])
})

test.skipIf(missing.postgres)('committed data survives a kill of PostgreSQL', async () => {
  await using server = await openPostgres()
  await withPostgres({ connectionString: server.url }, 'create table kept as select 7 as id')

  await server.kill()
  await server.restart()

  expect(await server.query('select id from kept')).toEqual([{ id: 7 }])
})

test.skipIf(missing.postgres)('PostgreSQL applies settings', async () => {
  await using server = await openPostgres({ settings: { max_connections: '7', fsync: 'on' } })

  const rows = await server.query(
    "select setting from pg_settings where name in ('max_connections', 'fsync') order by name",
  )

  expect(rows).toEqual([{ setting: 'on' }, { setting: '7' }])
})

test.skipIf(missing.postgres || missing.openssl)(
  'clients that trust the authority can connect to PostgreSQL by TLS, and others cannot',
  async () => {
    await using authority = await createAuthority()
    await using server = await openPostgres({ tls: authority })
    const login = fromCredentials(server)
    const usage = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()'

    const trusting = await withPostgres({ ...login, ssl: { ca: String(server.credentials.ca) } }, usage)

    expect(trusting).toEqual([{ ssl: true }])
    await expect(withPostgres({ ...login, ssl: true }, usage)).rejects.toThrow(UNTRUSTED)
    await expect(withPostgres(login, usage)).rejects.toThrow('no encryption')
    expect(server.url).toMatch(/[?]sslmode=verify-full$/)
  },
)

test.skipIf(missing.redis || missing.openssl)(
  'clients that trust the authority can connect to Redis by TLS, and others cannot',
  async () => {
    await using authority = await createAuthority()
    await using server = await openRedis({ tls: authority })

    await pingRedis(server, RESPONSE_MS, { tls: { ca: String(server.credentials.ca) } })

    await expect(pingRedis(server)).rejects.toThrow(UNTRUSTED)
  },
)

test.skipIf(missing.rabbitmq || missing.openssl)(
  'clients that trust the authority can connect to RabbitMQ by TLS, and others cannot',
  async () => {
    await using authority = await createAuthority()
    await using server = await openRabbitmq({ tls: authority })

    await pingRabbitmq(server, RESPONSE_MS, { ca: String(server.credentials.ca) })

    await expect(pingRabbitmq(server, RESPONSE_MS, {})).rejects.toThrow(UNTRUSTED)
  },
)

test.skipIf(missing.openssl)('a certificate is valid for its hosts and for this machine', async () => {
  await using authority = await createAuthority()
  const { X509Certificate } = await import('node:crypto')

  const { certFile } = await authority.issue('database.internal', '192.0.2.7')
  const certificate = new X509Certificate(readFileSync(certFile))

  expect(certificate.verify(new X509Certificate(authority.ca).publicKey)).toBe(true)
  expect(['database.internal', 'localhost'].map((host) => certificate.checkHost(host))).not.toContain(undefined)
  expect(['192.0.2.7', '127.0.0.1', '::1'].map((ip) => certificate.checkIP(ip))).not.toContain(undefined)
  expect(certificate.checkHost('elsewhere.internal')).toBeUndefined()
})

test.skipIf(missing.openssl)('the files of an authority are removed', async () => {
  const authority = await createAuthority()
  const { certFile, keyFile } = await authority.issue()

  await authority[Symbol.asyncDispose]()

  expect([authority.caFile, certFile, keyFile].filter(existsSync)).toEqual([])
})

test.skipIf(missing.redis)('Redis requires its password', async () => {
  await using server = await openRedis({ password: 'x "y" @:/' })

  await pingRedis(server)

  await expect(pingRedis({ ...server, url: `redis://${server.host}:${server.port}` })).rejects.toThrow('NOAUTH')
})

test.skipIf(missing.redis).each([
  { title: 'loses data when it is killed', appendonly: false, kept: null },
  { title: 'keeps data with appendonly', appendonly: true, kept: 'value' },
])('Redis $title', async ({ appendonly, kept }) => {
  await using server = await openRedis({ appendonly })
  await withRedis(server.url, (client) => client.set('key', 'value'))

  await server.kill()
  await server.restart()

  expect(await withRedis(server.url, (client) => client.get('key'))).toBe(kept)
})

test.skipIf(missing.nginx)('the proxy forwards the host, the client address and the protocol', async () => {
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

test.skipIf(missing.nginx)('the proxy reuses its connection to an instance', async () => {
  const ports = new Set<number | undefined>()
  await using instance = await openInstance((req, res) => {
    ports.add(req.socket.remotePort)
    res.end()
  })
  await using proxy = await openProxy({ upstreams: [instance.url] })

  for (let count = 0; count < 5; count++) await (await fetch(proxy.url)).text()

  expect(ports.size).toBe(1)
})

test.skipIf(missing.nginx)('the proxy retries a GET on another instance, and never a POST', async () => {
  await using broken = await openInstance((req) => req.socket.destroy())
  await using sound = await openInstance((_, res) => res.end())
  await using proxy = await openProxy({ upstreams: [broken.url, sound.url] })
  const statuses = async (method: string) =>
    [await fetch(proxy.url, { method }), await fetch(proxy.url, { method })].map(({ status }) => status)

  expect(await statuses('GET')).toEqual([200, 200])
  expect((await statuses('POST')).toSorted()).toEqual([200, 502])
})

test.skipIf(missing.nginx)(
  'the proxy switches to other instances, and lets the old ones complete their requests',
  async () => {
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
  },
)

test.skipIf(missing.nginx)('the proxy rejects an invalid address', async () => {
  await using proxy = await openProxy({ upstreams: [] })

  await expect(proxy.setUpstreams(['http://127.0.0.1;nonsense'])).rejects.toThrow('"nonsense"')
})

async function withPostgres(config: pg.ClientConfig, sql: string, timeoutMs = RESPONSE_MS): Promise<unknown[]> {
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

async function pingPostgres(server: PrivateServer, timeoutMs = RESPONSE_MS) {
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

async function pingRedis({ url, host }: PrivateServer, timeoutMs = RESPONSE_MS, options: RedisLimits = {}) {
  const limits = { commandTimeout: timeoutMs, connectTimeout: timeoutMs }
  const named = url.replace('127.0.0.1', host)
  expect(await withRedis(named, (client) => client.ping(), { ...limits, ...options })).toBe('PONG')
}

async function pingMemcached({ host, port }: PrivateServer, timeoutMs = RESPONSE_MS) {
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

/** Without instances nginx responds with 502. */
async function pingProxy({ host, port }: PrivateServer, timeoutMs = RESPONSE_MS) {
  const { status } = await fetch(`http://${host}:${port}`, { signal: AbortSignal.timeout(timeoutMs) })
  expect(status).toBe(502)
}

/** Sends the protocol header of AMQP 0-9-1, to which the server responds with the method "start". */
async function pingRabbitmq({ host, port }: PrivateServer, timeoutMs = RESPONSE_MS, tls?: { ca?: string }) {
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

/** Opens a server in another process, which then runs the given code. */
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
  await until(() => !existsSync(folder), { deadlineMs: RESPONSE_MS, otherwise: () => `${folder} still exists.` })
}
