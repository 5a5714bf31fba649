// What clients can make the service hold, in a container of 128 MB: the kernel ends it if that is exceeded. Each test holds
// its load and sends honest requests beside it.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { openMemoryGroup } from 'cf-rehearse/memory-group'
import { isMissing } from 'private-servers/requirements'
import { expect, test } from 'vitest'
import { type Service, startFixture } from './service.ts'

const LIMIT_MB = 128

const probe = process.getuid?.() === 0 ? openMemoryGroup(`memory-test-${process.pid}`, LIMIT_MB) : undefined
probe?.[Symbol.dispose]()
const unlimited = isMissing(probe, 'Limiting the memory of a process needs root and a memory control group.')

const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: service\r\nAccept-Encoding: gzip\r\n\r\n`
const post = 'POST /fixture/echo HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n'

test.skipIf(unlimited)('pipelined requests for a large file, whose responses are read slowly', async () => {
  await using limited = await startLimited()
  await limited.service.fetch('/docs/swagger-ui-bundle.js')
  using readers = await openClients(limited.service, 14)

  for (const socket of readers.sockets) socket.pause().write(request('/docs/swagger-ui-bundle.js').repeat(50))
  const trickle = setInterval(() => {
    for (const socket of readers.sockets) socket.read(4096)
  }, 100)
  const statuses = await sendHonest(limited.service, 300)
  clearInterval(trickle)

  expect(statuses).toEqual(new Set([200]))
  expect(limited.kills()).toBe(0)
})

test.skipIf(unlimited).each(['/docs/swagger-ui-bundle.js', '/openapi.json', '/fixture/big?bytes=65536'])(
  '450 clients that read nothing of %s',
  async (path) => {
    await using limited = await startLimited()
    await limited.service.fetch(path)
    using readers = await openClients(limited.service, 450)

    for (const socket of readers.sockets) socket.pause().write(request(path).repeat(50))
    const statuses = await sendHonest(limited.service, 300)

    expect(statuses).toEqual(new Set([200]))
    expect(limited.kills()).toBe(0)
  },
)

test.skipIf(unlimited)('5,200 idle connections, and the probe beside them', async () => {
  await using limited = await startLimited()
  const statuses = new Set<number>()
  const opened: Disposable[] = []

  for (let count = 0; count < 52; count++) {
    opened.push(await openClients(limited.service, 100))
    for (const status of await sendHonest(limited.service, 2)) statuses.add(status)
  }
  for (const each of opened) each[Symbol.dispose]()

  expect(statuses).toEqual(new Set([200]))
  expect(limited.kills()).toBe(0)
})

test.skipIf(unlimited)('480 bodies of a megabyte that never end', async () => {
  await using limited = await startLimited({ BODY_LIMIT: '1048576' })
  using clients = await openClients(limited.service, 480)
  const body = 'x'.repeat(1_048_000)

  for (const socket of clients.sockets) socket.resume().write(`${post}Content-Length: 1048576\r\n\r\n${body}`)
  await limited.service.log.find({ path: '/fixture/echo', status: 503 })
  const statuses = await sendHonest(limited.service, 100)
  const small = await limited.service.fetch('/fixture/echo', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
  })

  expect(statuses).toEqual(new Set([200]))
  expect(small.status).toBe(200)
  expect(limited.kills()).toBe(0)
})

test.skipIf(unlimited)('a megabyte in chunks of a byte, from 50 clients', async () => {
  await using limited = await startLimited({ BODY_LIMIT: '1048576' })
  using clients = await openClients(limited.service, 50)
  const chunks = '1\r\nx\r\n'.repeat(100_000)

  for (const socket of clients.sockets) socket.resume().write(`${post}Transfer-Encoding: chunked\r\n\r\n${chunks}`)
  const statuses = await sendHonest(limited.service, 100)

  expect(statuses).toEqual(new Set([200]))
  expect(limited.kills()).toBe(0)
})

interface Limited extends AsyncDisposable {
  service: Service
  /** How often the kernel has ended the process. */
  kills(): number
}

/** Without coverage, which would take memory of its own. */
async function startLimited(env: Record<string, string> = {}): Promise<Limited> {
  const group = openMemoryGroup(`memory-test-${process.pid}-${++groups}`, LIMIT_MB)
  if (!group) throw new Error('The memory control group can no longer be made.')
  const limits = { MEMORY_LIMIT: `${LIMIT_MB}m`, MEMORY_AVAILABLE: String(LIMIT_MB), NODE_V8_COVERAGE: '' }
  const service = await startFixture({ env: { ...limits, ...env }, memoryGroup: group.processes })
  return {
    service,
    kills: group.kills,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      group[Symbol.dispose]()
    },
  }
}

let groups = 0

async function openClients({ port, host }: Service, count: number): Promise<Disposable & { sockets: Socket[] }> {
  const sockets = Array.from({ length: count }, () => connect({ port, host }).on('error', () => {}))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  return { sockets, [Symbol.dispose]: () => sockets.forEach((socket) => void socket.destroy()) }
}

/** One after the other, each on a connection of its own. @returns the statuses */
async function sendHonest(service: Service, count: number): Promise<Set<number>> {
  const statuses = new Set<number>()
  for (let sent = 0; sent < count; sent++) {
    const { status } = await service.fetch('/health/live', { headers: { connection: 'close' } })
    statuses.add(status)
  }
  return statuses
}
