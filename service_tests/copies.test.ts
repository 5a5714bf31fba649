// Factor VIII: several copies of the web process behind one port.

import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { parseMetrics, type Sample } from './metrics-text.ts'
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

test('counters do not fall when copies are killed, and gauges are those of the copies that live', async () => {
  await using service = await startService({ env })
  const copies = await service.log.findAll({ message: 'listening' }, COPIES)
  await Promise.all(Array.from({ length: 20 }, () => visit(service)))
  await service.log.findAll({ path: '/info' }, 20)
  const before = parseMetrics((await service.fetch('/metrics')).body)

  for (const [killed, { processId }] of copies.entries()) {
    process.kill(Number(processId), 'SIGKILL')
    await service.log.findAll({ message: 'listening' }, COPIES + killed + 1)
  }
  const after = parseMetrics((await service.fetch('/metrics', { headers: { connection: 'close' } })).body)

  const sampleOf = (samples: Sample[], name: string, labels = {}) =>
    samples.find((sample) => sample.name === name && Object.entries(labels).every(([l, v]) => sample.labels[l] === v))
      ?.value
  expect(sampleOf(before, 'http_request_duration_seconds_count', { route: '/info' })).toBe(20)
  expect(sampleOf(after, 'http_request_duration_seconds_count', { route: '/info' })).toBe(20)
  expect(sampleOf(after, 'process_cpu_seconds_total')).toBeGreaterThan(sampleOf(before, 'process_cpu_seconds_total')!)
  expect(sampleOf(after, 'http_requests_in_flight')).toBe(1)
  expect(sampleOf(after, 'app_info')).toBe(1)
})

test('copies share the heap that the Procfile grants the process', async () => {
  await using service = await startService({ env: { ...env, MEMORY_AVAILABLE: '256' } })
  const copies = await service.log.findAll({ message: 'listening' }, COPIES)

  const commands = copies.map(({ processId }) => execFileSync('ps', ['-o', 'args=', '-p', `${processId}`]).toString())

  for (const command of commands)
    expect(command.match(/--max-old-space-size=\d+/g)).toEqual(['--max-old-space-size=64'])
})

test('more copies than the heap has room for are refused at start', async () => {
  const { code, log } = await runService({ env: { WEB_CONCURRENCY: '16', MEMORY_AVAILABLE: '128' } })

  expect(code).toBe(1)
  expect(log.lines.at(-1)?.complaints).toEqual([expect.stringMatching(/^WEB_CONCURRENCY is 16, .* 4 MB .* 64 MB/)])
})

test('a copy that is stopped does not outlive its primary', async () => {
  await using service = await startService({ env: { ...env, SHUTDOWN_SECONDS: '1' }, exitCode: 1 })
  const [copy] = await service.log.findAll({ message: 'listening' }, COPIES)
  process.kill(Number(copy!.processId), 'SIGSTOP')

  service.signal('SIGTERM')
  await service.ended // Which is when the log ends: with the last process that can write to it.

  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', `${copy!.processId}`], { encoding: 'utf8' })
  expect(stdout).toMatch(/^(Z|$)/) // Gone, or dead and not yet collected by the init process of the machine.
})
