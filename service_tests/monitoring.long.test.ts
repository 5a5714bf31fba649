// Monitoring: the service has the metrics that alerts and dashboard query, and the monitor reports what users would
// meet.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempDisposableSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { openPostgres, postgresMissing } from 'private-servers/postgres'
import { openRedis, redis } from 'private-servers/redis'
import { findProgram, isMissing } from 'private-servers/requirements'
import { expect, test } from 'vitest'
import { defineMigrating, openPort } from '../tests/backing/database/fixtures/test-port.ts'
import { openInstance } from '../tests/backing/fixtures/instance.ts'
import { groupingsOf, selectorsOf } from '../tests/monitoring/promql.ts'
import { readQueries } from '../tests/monitoring/watch.ts'
import { postJson } from './http-answer.ts'
import { parseMetrics } from './metrics-text.ts'
import { startFixture, startService } from './service.ts'

const root = join(import.meta.dirname, '..')
const promtool = findProgram('promtool')
const noPromtool = isMissing(promtool, 'Install promtool (the Debian package prometheus) to check the alerts with it.')

const noServers = postgresMissing() || redis.missing()

/** Metrics that the service does not have, and why. */
const FROM_ELSEWHERE: [RegExp, string][] = [
  [/^up$/, 'is Prometheus’s own'],
  [/^journeys?_/, 'comes from the monitor; a test below looks at it'],
]

/** Metrics that exist from the first use of a backing service on. */
const OF_BACKING = /^(database|cache|rate_limit)_/

test.skipIf(noPromtool).each([
  ['the alerts are rules', ['check', 'rules', 'deploy/monitoring/alerts.yml']],
  ['the alerts fire when they should, and only then', ['test', 'rules', 'deploy/monitoring/alerts.test.yml']],
  ['Prometheus can be started with its configuration', ['check', 'config', 'deploy/monitoring/prometheus.yml']],
])('%s', (_title, args) => {
  const { status, stdout, stderr } = spawnSync(promtool!, args, { cwd: root, encoding: 'utf8' })

  expect(status, stdout + stderr).toBe(0)
})

test('the service has every metric that alerts and dashboard query, with the labels that they use', async () => {
  const queried = queriedWith((name) => !OF_BACKING.test(name))

  expect(missingFrom(labelsOf(await readMetrics()), queried)).toEqual([])
  expect(queried.length).toBeGreaterThan(30)
})

test.skipIf(noServers)('the backing services have every metric that alerts and dashboard query', async () => {
  const queried = queriedWith((name) => OF_BACKING.test(name))

  expect(missingFrom(labelsOf(await readBackingMetrics()), queried)).toEqual([])
  expect(queried.length).toBeGreaterThan(10)
})

test('the metrics that come from elsewhere do not come from the service', async () => {
  const exported = [...labelsOf(await readMetrics()).keys()]

  expect(exported.filter((name) => FROM_ELSEWHERE.some(([elsewhere]) => elsewhere.test(name)))).toEqual([])
})

test('a deployment in which everything works is reported as such', async () => {
  await using service = await startService()
  using folder = mkdtempDisposableSync(join(tmpdir(), 'monitor-'))

  const { code, summary, prometheus, zabbix } = await monitor(service.url, folder.path)

  expect(code).toBe(0)
  expect(summary).toMatchObject({ ok: true, target: `${service.url}/`, failed: 0, failures: [] })
  const journeys = parseMetrics(prometheus).filter(({ name }) => name === 'journey_success')
  expect(journeys.length).toBe(summary.passed)
  expect(journeys.every(({ value }) => value === 1)).toBe(true)
  expect(zabbix.match(/^- journey\.ok\[[a-z\d-]+\] 1$/gm)).toHaveLength(journeys.length)
  expect(readdirSync(folder.path).sort()).toEqual(['journeys.prom', 'journeys.txt'])
})

test.skipIf(noPromtool)('the monitor writes valid metrics, and those that alerts and dashboard query', async () => {
  await using service = await startService()
  using folder = mkdtempDisposableSync(join(tmpdir(), 'monitor-'))

  const { prometheus } = await monitor(service.url, folder.path)

  const { status, stdout, stderr } = spawnSync(promtool!, ['check', 'metrics'], {
    input: prometheus,
    encoding: 'utf8',
  })
  const exported = new Set(parseMetrics(prometheus).map(({ name }) => name))
  const queried = readQueries().flatMap(([, expr]) => selectorsOf(expr).map(({ name }) => name))
  expect(stdout + stderr).toBe('')
  expect(status).toBe(0)
  expect(queried.filter((name) => name.startsWith('journey') && !exported.has(name))).toEqual([])
})

test('a broken deployment is reported, with the failure of each journey', async () => {
  await using broken = createServer((_req, res) => res.writeHead(500).end('broken')).listen(0, '127.0.0.1')
  await once(broken, 'listening')
  using folder = mkdtempDisposableSync(join(tmpdir(), 'monitor-'))

  const { port } = broken.address() as AddressInfo
  const { code, summary, prometheus } = await monitor(`http://127.0.0.1:${port}`, folder.path)

  expect(code).toBe(1)
  expect(summary).toMatchObject({ ok: false, passed: 0 })
  expect(summary.failures).toHaveLength(summary.failed)
  expect(prometheus).toMatch(/^journeys_success\{.*\} 0$/m)
})

test.each([
  ['nothing', '', 'Name the deployment to watch'],
  ['no address', 'service.example.com', 'BASE_URL must be an address'],
  ['a password', 'https://user:hidden@service.example.com', 'BASE_URL must hold neither a user nor a password.'],
])('the monitor does not begin with %s to watch', async (_what, url, complaint) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'monitor-'))

  const { code, stdout, stderr } = await monitor(url, folder.path)

  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toContain(complaint)
  expect(stderr).not.toContain('hidden')
  expect(readdirSync(folder.path)).toEqual([])
})

test('--help prints the options of the monitor', () => {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/monitor.ts', '--help'], {
    cwd: root,
    encoding: 'utf8',
  })

  expect(status).toBe(0)
  expect(stdout).toContain('--prometheus <file>')
})

/** The metrics with such a name that alerts and dashboard query, each with its matchers and grouping labels. */
function queriedWith(isMeant: (name: string) => boolean) {
  const isHere = (name: string) => !FROM_ELSEWHERE.some(([elsewhere]) => elsewhere.test(name))
  return readQueries().flatMap(([where, expr]) => {
    const selectors = selectorsOf(expr).filter(({ name }) => isHere(name) && isMeant(name))
    return selectors.map(({ name, labels }) => ({ where, name, labels: [...labels, ...groupingsOf(expr)] }))
  })
}

/** The queries of a metric that does not exist, or of a label that it does not have. */
function missingFrom(exported: Map<string, Set<string>>, queried: ReturnType<typeof queriedWith>) {
  const ofPrometheus = ['job', 'instance']
  return queried.filter(({ name, labels }) => {
    const known = exported.get(name)
    return !known || labels.some((label) => !ofPrometheus.includes(label) && !known.has(label))
  })
}

/** The labels of each metric, by its name. A histogram has three names. */
function labelsOf(metrics: string): Map<string, Set<string>> {
  const exported = new Map<string, Set<string>>()
  for (const [, name, type] of metrics.matchAll(/^# TYPE (\w+) (\w+)$/gm)) {
    const names = type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name!]
    for (const each of names) exported.set(each, new Set())
  }
  for (const { name, labels } of parseMetrics(metrics))
    for (const label of Object.keys(labels)) exported.get(name)?.add(label)
  return exported
}

/** After requests of every kind of outcome. */
async function readMetrics(): Promise<string> {
  await using service = await startFixture()
  await Promise.all([
    service.fetch('/fixture/timed'),
    service.fetch('/fixture/echo', postJson([])),
    service.fetch('/health/ready'),
  ])
  await service.log.findAll({ message: 'request' }, 3)

  return (await service.fetch('/metrics')).body
}

/** After each of them was used. */
async function readBackingMetrics(): Promise<string> {
  await using postgres = await openPostgres()
  await using server = await openRedis()
  await using port = openPort({ DATABASE_URL: postgres.url })
  await using instance = openInstance({ REDIS_URL: server.url, RATE_LIMIT_PER_MINUTE: '60' })

  await (await port.open(defineMigrating('plain'))).selectNoFrom(({ lit }) => lit(1).as('one')).execute()
  await instance.cached(async () => 1, { name: 'numbers', freshSeconds: 1 })()
  await instance.rateLimiter.take('client')
  return `${await port.registry.metrics()}\n${await instance.registry.metrics()}`
}

/** Runs the monitor as a timer would. */
async function monitor(url: string, folder: string) {
  const files = { prometheus: join(folder, 'journeys.prom'), zabbix: join(folder, 'journeys.txt') }
  const args = ['scripts/monitor.ts', '--prometheus', files.prometheus, '--zabbix', files.zabbix]
  // The variables of this Vitest must not reach the Vitest that runs the journeys.
  const { PATH, HOME, TMPDIR } = process.env
  const running = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), BASE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 150_000,
  })
  const [stdout, stderr, [code]] = await Promise.all([
    text(running.stdout),
    text(running.stderr),
    once(running, 'exit'),
  ])
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  const summary = JSON.parse(stdout || '{}')
  return { code, stdout, stderr, summary, prometheus: read(files.prometheus), zabbix: read(files.zabbix) }
}
