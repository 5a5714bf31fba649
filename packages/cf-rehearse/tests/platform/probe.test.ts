import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Instance } from '../../src/container/launch.ts'
import { probe, readCheck } from '../../src/platform/probe.ts'

test.each([
  [200, undefined],
  [204, '/ responded with 204'],
])('a probe judges the status %i although the body stalls', async (status, expected) => {
  const server = createServer((_, res) => {
    res.writeHead(status, status === 200 ? { 'content-length': 100 } : {})
    res.flushHeaders()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const { address, port } = server.address() as AddressInfo

  const check = { type: 'http', path: '/', timeoutSeconds: 5 } as const
  expect(await probe({ address, port } as Instance, check)).toBe(expected)
})

test('the health check "none" observes the process only', () => {
  const attributes = { type: 'web', 'health-check-type': 'none' }

  expect(readCheck({ plan: { type: 'web', attributes } } as unknown as Instance, '').type).toBe('process')
})
