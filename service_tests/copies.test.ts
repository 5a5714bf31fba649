// Factor VIII: several copies of the web process behind one port.

import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { parseMetrics } from './metrics-text.ts'
import { runService, type Service, startFixture, startService } from './service.ts'

const COPIES = 2
const env = { WEB_CONCURRENCY: String(COPIES) }

/** On a new connection, since a kept-alive one stays with one copy. */
const visit = (service: Service) => service.fetch('/info', { headers: { connection: 'close' } })

test('all copies answer on the same port', async () => {
  await using service = await startService({ env })

  const listening = await service.log.findAll({ message: 'listening' }, COPIES)
  const visits = await Promise.all(Array.from({ length: 20 }, () => visit(service)))
  const lines = await service.log.findAll({ path: '/info' }, 20)

  expect(new Set(listening.map(({ port }) => port)).size).toBe(1)
  expect(visits.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect(new Set(lines.map(({ processId }) => processId)).size).toBe(COPIES)
})

test('every copy reports the metrics of all copies', async () => {
  await using service = await startService({ env })
  await service.log.findAll({ message: 'listening' }, COPIES)

  await Promise.all(Array.from({ length: 20 }, () => visit(service)))
  await service.log.findAll({ path: '/info' }, 20)
  const answers = await Promise.all(Array.from({ length: 4 }, () => service.fetch('/metrics')))

  for (const samples of answers.map(({ body }) => parseMetrics(body))) {
    const requests = samples.filter(({ name }) => name === 'http_request_duration_seconds_count')
    expect(requests.find(({ labels }) => labels.route === '/info')?.value).toBe(20)
    expect(samples.find(({ name }) => name === 'app_info')?.value).toBe(1)
  }
})

test('a copy that is killed is replaced', async () => {
  await using service = await startService({ env })
  const [copy] = await service.log.findAll({ message: 'listening' }, COPIES)

  process.kill(Number(copy!.processId), 'SIGKILL')
  const logged = await service.log.find({ message: 'a copy ended and is replaced' })
  const listening = await service.log.findAll({ message: 'listening' }, COPIES + 1)

  expect(logged).toMatchObject({ level: 'error', copy: copy!.processId, signal: 'SIGKILL' })
  expect(new Set(listening.map(({ processId }) => processId)).size).toBe(COPIES + 1)
  expect((await visit(service)).status).toBe(200)
})

test('at SIGTERM a copy finishes its requests in flight', async () => {
  await using service = await startFixture({ env })
  const slow = service.fetch('/fixture/slow?ms=500')
  await service.log.find({ message: 'working' })

  service.signal('SIGTERM')

  expect((await slow).status).toBe(200)
})

test('a port that is in use ends all copies, and is logged', async () => {
  await using taken = createServer().listen(0)
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo

  const { code, log } = await runService({ env: { ...env, PORT: String(port) } })

  expect(code).toBe(1)
  expect(log.text()).toContain(`PORT is ${port}, which another process listens on`)
})
