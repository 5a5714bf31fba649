// Factor III: the configuration is checked before anything else.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { expect, test } from 'vitest'
import { runService, startFixture, startService } from './service.ts'

const fixture = { main: 'service_tests/fixtures/main.ts' }

test('bad settings end the service with exit code 1 and one line that names them all', async () => {
  const release = { VERSION: '9.8.7', COMMIT: 'abc1234' }
  const { code, log } = await runService({ env: { PORT: '99999', LOG_LEVEL: 'loud', BODY_LIMIT: '0', ...release } })

  expect(code).toBe(1)
  expect(log.lines).toEqual([expect.objectContaining({ level: 'fatal', version: '9.8.7', commit: 'abc1234' })])
  expect(log.text()).toMatch(/PORT.*99999.*LOG_LEVEL.*loud.*BODY_LIMIT/)
})

test('a secret that is bad is not shown', async () => {
  const { code, log } = await runService({ ...fixture, env: { FIXTURE_SECRET: 'marker' } })

  expect(code).toBe(1)
  expect(log.text()).toContain('FIXTURE_SECRET')
  expect(log.text()).not.toContain('marker')
})

test('a route that is missing in the contract ends the service with exit code 1 and the remedy', async () => {
  const { code, log } = await runService({ ...fixture, env: { FIXTURE_UNDOCUMENTED: 'true' } })

  expect(code).toBe(1)
  expect(log.lines.at(-1)?.message).toContain(
    'GET /fixture/undocumented is not in openapi.yaml. Describe it there first.',
  )
})

test('--help prints the settings of the service and of its features', async () => {
  const { code, log } = await runService({ ...fixture, args: '--help' })

  expect(code).toBe(0)
  expect(log.text()).toMatch(/Usage: .*\n {2}PORT .*8080.*\n {2}FIXTURE_SECRET /s)
})

test('--help lists the variables that bind backing services', async () => {
  const { log } = await runService({ args: 'web --help' })

  expect(log.text()).toMatch(/\n {2}DATABASE_URL .*\n {2}VCAP_SERVICES /s)
})

test('an unknown type of process ends with exit code 2 and the list of the known ones', async () => {
  const { code, stderr } = await runService({ args: 'wbe' })

  expect(code).toBe(2)
  expect(stderr).toMatch(/no process "wbe"\. Usage: .* web/)
})

test.each(['PORT', 'METRICS_PORT'])('%s that is in use ends the service with exit code 1 and says so', async (name) => {
  await using taken = await takeAnyPort()
  const port = portOf(taken)

  const { code, log } = await runService({ env: { [name]: String(port) } })

  expect(code).toBe(1)
  expect(log.lines.at(-1)?.complaints).toEqual([expect.stringMatching(new RegExp(`^${name} .*\\b${port}\\b`))])
})

test('PORT is the port', async () => {
  const taken = await takeAnyPort()
  const port = portOf(taken)
  await taken[Symbol.asyncDispose]()

  await using service = await startService({ env: { PORT: String(port) } })

  expect(service.port).toBe(port)
})

test('METRICS_PORT serves the metrics, and nothing else', async () => {
  await using service = await startService({ env: { METRICS_PORT: '0' } })
  const { port } = await service.log.find({ message: 'metrics listening' })

  const [metrics, live] = await Promise.all(
    ['/metrics', '/health/live'].map((path) => fetch(`http://127.0.0.1:${port}${path}`)),
  )

  expect([metrics?.status, live?.status]).toEqual([200, 404])
  expect(await metrics?.text()).toContain('app_info')
  expect(await live?.json()).toMatchObject({ status: 404 })
})

test('with METRICS_PORT the main port has no metrics, and does not document them', async () => {
  await using service = await startFixture({ env: { METRICS_PORT: '0' } })

  const metrics = await service.fetch('/metrics')
  const contract = await service.fetch('/openapi.json')

  expect(metrics.status).toBe(404)
  expect(contract.json<{ paths: object }>().paths).not.toHaveProperty('/metrics')
})

test('a shutdown ends the metrics port as well, though a scraper keeps its connection', async () => {
  await using service = await startService({ env: { METRICS_PORT: '0' } })
  const { port } = await service.log.find({ message: 'metrics listening' })
  await fetch(`http://127.0.0.1:${port}/metrics`).then((response) => response.text())

  service.signal('SIGTERM')

  expect((await service.ended).code).toBe(0)
})

async function takeAnyPort(): Promise<Server> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  return server
}

const portOf = (server: Server) => (server.address() as AddressInfo).port
