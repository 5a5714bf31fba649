import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Instance } from '../../src/container/launch.ts'
import { openRouter } from '../../src/platform/router.ts'

test('an instance gets the client address, the protocol and a request id', async () => {
  const router = await openWith((req, res) => res.end(JSON.stringify(req.headers)))

  const response = await fetch(router.url, { headers: { 'x-forwarded-for': '192.0.2.1', 'x-vcap-request-id': 'mine' } })
  const headers = (await response.json()) as Record<string, string>

  expect(headers).toMatchObject({ 'x-forwarded-for': '192.0.2.1, 127.0.0.1', 'x-forwarded-proto': 'https' })
  expect(headers['x-vcap-request-id']).toMatch(/^[\da-f-]{36}$/)
})

test('a request with a body is never repeated, and its failure is recorded', async () => {
  let requests = 0
  const router = await openWith((req) => {
    requests += 1
    req.socket.destroy()
  })

  const response = await fetch(router.url, { method: 'POST', body: '{}' })

  expect(response.status).toBe(502)
  expect(requests).toBe(1)
  expect(router.failures()).toHaveLength(1)
})

test('a request without a body is repeated on another instance if its connection was closed in order', async () => {
  let requests = 0
  const listener: RequestListener = (req, res) => {
    requests += 1
    if (requests === 1) req.socket.end()
    else res.end('ok')
  }
  const router = await openWith(listener)
  router.add({ ...router.instance, index: 1 })

  const response = await fetch(router.url)

  expect(response.status).toBe(200)
  expect(router.failures()).toEqual([])
})

test('nothing is repeated after a reset, and with one instance there is one attempt', async () => {
  let requests = 0
  const router = await openWith((req, res) => {
    requests += 1
    if (requests % 2 === 1) req.socket.resetAndDestroy()
    else res.end('ok')
  })
  const statuses: number[] = []

  for (let count = 0; count < 4; count += 1) statuses.push((await fetch(router.url)).status)

  expect(statuses).toEqual([502, 200, 502, 200])
  expect(router.failures()).toHaveLength(2)
})

test('an instance that reset a connection is left out', async () => {
  let resets = 0
  const router = await openWith((_, res) => res.end('ok'))
  const broken = await listen((req) => {
    resets += 1
    req.socket.resetAndDestroy()
  })
  router.add({ ...router.instance, ...broken })
  const statuses: number[] = []

  for (let count = 0; count < 6; count += 1) statuses.push((await fetch(router.url)).status)

  expect(statuses.filter((status) => status === 502)).toHaveLength(1)
  expect(resets).toBe(1)
})

test('a Host that is an IP address gets 400', async () => {
  const router = await openWith((_, res) => res.end('ok'))

  const response = await fetch(router.url.replace('localhost', '127.0.0.1'))

  expect(response.status).toBe(400)
  expect(response.headers.get('x-cf-routererror')).toBe('empty_host')
})

test('an idle connection to a closed instance is used, and no new one is opened', async () => {
  const arrived = Promise.withResolvers<ServerResponse>()
  const router = await openWith((req, res) => {
    if (req.url === '/held') arrived.resolve(res)
    else res.end('ok')
  })
  await (await fetch(router.url)).text()

  router.closeTo(router.instance)
  const reused = fetch(`${router.url}/held`)
  const held = await arrived.promise
  const refused = await fetch(router.url)
  held.end('ok')

  expect((await reused).status).toBe(200)
  expect(refused.status).toBe(503)
  expect(router.failures()).toEqual([])
})

async function openWith(listener: RequestListener) {
  const instance = { name: 'web/0', guid: 'guid', index: 0, ...(await listen(listener)) } as Instance
  const router = await openRouter()
  router.add(instance)
  onTestFinished(() => router[Symbol.asyncDispose]())
  return { ...router, instance }
}

async function listen(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const { address, port } = server.address() as AddressInfo
  return { address, port }
}
