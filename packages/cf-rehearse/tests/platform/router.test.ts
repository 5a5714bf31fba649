import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
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

test('a request without a body is repeated if its connection was closed', async () => {
  let requests = 0
  const router = await openWith((req, res) => {
    requests += 1
    if (requests === 1) req.socket.destroy()
    else res.end('ok')
  })

  const response = await fetch(router.url)

  expect(response.status).toBe(200)
  expect(router.failures()).toEqual([])
})

test('an idle connection to a closed instance is used, and no new one is opened', async () => {
  const router = await openWith((_, res) => res.end('ok'))
  await (await fetch(router.url)).text()

  router.closeTo(router.instance)
  const reused = await fetch(router.url)
  await reused.text()
  const [one, other] = await Promise.all([fetch(`${router.url}/1`), fetch(`${router.url}/2`)])

  expect(reused.status).toBe(200)
  expect([one.status, other.status].sort()).toEqual([200, 503])
  expect(router.failures()).toEqual([])
})

async function openWith(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { address, port } = server.address() as AddressInfo
  const instance = { name: 'web/0', guid: 'guid', index: 0, address, port } as Instance
  const router = await openRouter()
  router.add(instance)
  onTestFinished(async () => {
    await router[Symbol.asyncDispose]()
    server.closeAllConnections()
    server.close()
  })
  return { ...router, instance }
}
