import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startTraffic } from '../../../scripts/rehearse/traffic.ts'

test('requests that nobody answers have failed after a while', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close().closeAllConnections())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const traffic = startTraffic(`http://127.0.0.1:${port}`, { gets: ['/'], post: '/' }, { answerMs: 50 })
  const { requests, failures } = await traffic.stop()

  expect(requests).toBe(6)
  expect(failures).toEqual(
    expect.arrayContaining(['GET /: no answer within 0.05 s', 'POST /: no answer within 0.05 s']),
  )
})
