// A service that takes requests and answers none.

import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeJourneys } from '../../../scripts/rehearse/journeys.ts'
import { Refusal } from '../../../scripts/rehearse/refusal.ts'
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

test('journeys that hang are a verdict about the service', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hanging-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of ['scripts', 'node_modules']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'scripts/e2e.ts'), 'setInterval(() => {}, 1000)')

  const made = makeJourneys(folder, { url: 'http://127.0.0.1:1' }, { tell: () => {}, limitMs: 300 })

  await expect(made).rejects.toThrow(Refusal)
  await expect(made).rejects.toThrow('not over after 0.3 s')
})
