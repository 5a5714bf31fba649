import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startTraffic } from '../../src/traffic/traffic.ts'

test('requests without a response fail after the time limit', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close().closeAllConnections())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const traffic = startTraffic(`http://127.0.0.1:${port}`, { gets: ['/'], post: '/' }, { responseMs: 50 })
  const { requests, failures } = await traffic.stop()

  expect(requests).toBe(6)
  expect(failures).toEqual(
    expect.arrayContaining(['GET /: no response within 0.05 s', 'POST /: no response within 0.05 s']),
  )
})
