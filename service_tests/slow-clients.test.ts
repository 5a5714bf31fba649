// Clients that are slow, silent or greedy. Each is cut off in the end, and delays no other client.

import { afterAll, expect, test } from 'vitest'
import { type Service, startFixture, startService } from './service.ts'
import type { Wire } from './wire.ts'

// Shared, so that the tests can wait at the same time.
const service = await startFixture({ env: { REQUEST_TIMEOUT_SECONDS: '1', MEMORY_LIMIT: '512m' } })
afterAll(() => service[Symbol.asyncDispose]())

const post = 'POST /fixture/echo HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n'

test.concurrent('a head that never ends is answered with 408', async () => {
  using wire = await service.connect()

  wire.write('GET /health/live HTTP/1.1\r\nHost: serv')
  const { status } = await wire.answer()
  await wire.closed()

  expect(status).toBe(408)
})

test.concurrent.each([
  ['with a length', `${post}Content-Length: 10\r\n\r\n{"a"`],
  ['in chunks', `${post}Transfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n`],
])('a body %s that never ends is answered with 408', async (_how, request) => {
  using wire = await service.connect()

  wire.write(request)
  const { status } = await wire.answer()
  await wire.closed()

  expect(status).toBe(408)
})

test.concurrent('a body that trickles is answered with 408 as well', async () => {
  using wire = await service.connect()

  wire.write(`${post}Content-Length: 1000\r\n\r\n`)
  const trickle = setInterval(() => wire.write(' '), 50)
  const { status } = await wire.answer()
  clearInterval(trickle)

  expect(status).toBe(408)
})

test.concurrent('a connection on which nothing is sent is closed', async () => {
  using wire = await service.connect()

  await wire.closed()

  expect((await service.fetch('/health/live')).status).toBe(200)
})

test.concurrent('an answer that its client does not read is aborted', async () => {
  using wire = await service.connect()
  wire.socket.pause()

  wire.write('GET /fixture/big?bytes=20000000 HTTP/1.1\r\nHost: service\r\n\r\n')
  const line = await service.log.find({ path: '/fixture/big' })

  expect(line).toMatchObject({ status: 200, aborted: true })
})

test.concurrent('an answer in pieces that is not fetched is given up, though its handler has not ended it', async () => {
  using wire = await service.connect()
  wire.socket.pause()

  const request = 'GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: service\r\n\r\n'
  wire.write(request.repeat(50))
  const line = await service.log.find({ path: '/docs/swagger-ui-bundle.js', aborted: true })

  expect(line).toMatchObject({ status: 200 })
})

test.concurrent('a handler may take longer than a client', async () => {
  const { status } = await service.fetch('/fixture/slow?ms=1500')

  expect(status).toBe(200)
})

test('liveness is answered beside 100 idle connections of load balancers', async () => {
  await using service = await startService()
  const probes = await Promise.all(Array.from({ length: 100 }, () => probe(service)))

  const { status } = await service.fetch('/health/live')

  expect(status).toBe(200)
  expect(probes.some(({ socket }) => socket.destroyed)).toBe(false)
})

test('a client is answered while 100 others stall in their bodies', async () => {
  await using service = await startFixture({ env: { REQUEST_TIMEOUT_SECONDS: '120' } })
  const stalled = await Promise.all(Array.from({ length: 100 }, () => service.connect()))
  for (const wire of stalled) wire.write(`${post}Content-Length: 10\r\n\r\n{"a"`)

  const { status } = await service.fetch('/health/live')
  const waiting = stalled.filter(({ socket }) => !socket.destroyed)
  for (const { socket } of stalled) socket.destroy()

  expect([status, waiting.length]).toEqual([200, stalled.length])
})

/** Sends one request, and keeps the connection. */
async function probe(service: Service): Promise<Wire> {
  const wire = await service.connect()
  wire.write('GET /health/live HTTP/1.1\r\nHost: service\r\n\r\n')
  await wire.answer()
  return wire
}
