// Metrics for Prometheus: well-formed, correct, and of a size that no client can inflate.

import { spawnSync } from 'node:child_process'
import { findProgram, isMissing } from 'private-servers/requirements'
import { expect, test } from 'vitest'
import { postJson } from './http-answer.ts'
import { parseMetrics, readMetric, whenInFlight } from './metrics-text.ts'
import { startFixture, startService } from './service.ts'

const promtool = findProgram('promtool')
const noPromtool = isMissing(promtool, 'Install promtool (the Debian package prometheus) to check the metrics with it.')

test.skipIf(noPromtool)('promtool has no complaint about the metrics', async () => {
  await using service = await startFixture()
  await service.fetch('/fixture/timed')

  const { body } = await service.fetch('/metrics')
  const { status, stdout, stderr } = spawnSync(promtool!, ['check', 'metrics'], { input: body, encoding: 'utf8' })

  expect(stdout + stderr).toBe('')
  expect(status).toBe(0)
})

test('every request is counted once, by its method, route and status', async () => {
  await using service = await startFixture()
  const asked = [
    ...Array.from({ length: 20 }, () => service.fetch('/fixture/echo', postJson({}))),
    ...Array.from({ length: 10 }, () => service.fetch('/fixture/echo', postJson([]))),
  ]

  await Promise.all(asked)
  await service.log.findAll({ message: 'request' }, 30)

  const of = (status: string) => ({ method: 'POST', route: '/fixture/echo', status })
  expect(await readMetric(service, 'http_request_duration_seconds_count', of('200'))).toBe(20)
  expect(await readMetric(service, 'http_request_duration_seconds_count', of('400'))).toBe(10)
})

test('requests in flight are counted', async () => {
  await using service = await startFixture()
  const held = [service.fetch('/fixture/poll'), service.fetch('/fixture/poll')]

  await whenInFlight(service, 2)

  // The request that reads the metrics is one of them.
  expect(await readMetric(service, 'http_requests_in_flight')).toBe(3)
  service.signal('SIGTERM')
  await Promise.all(held)
})

test('the metrics contain the release', async () => {
  await using service = await startService({ env: { VERSION: '9.8.7', COMMIT: 'abc1234' } })

  expect(await readMetric(service, 'app_info', { version: '9.8.7', commit: 'abc1234' })).toBe(1)
})

test('paths and methods that do not exist share their labels', async () => {
  await using service = await startService()

  const asked = Array.from({ length: 50 }, (_, count) =>
    service.fetch(`/unknown/${count}?q=${count}`, { method: 'DELETE' }),
  )
  await Promise.all(asked)
  await breakHttp(service, 20)

  const { body } = await service.fetch('/metrics')
  const routes = parseMetrics(body).flatMap(({ name, labels }) =>
    name === 'http_request_duration_seconds_count' ? `${labels.method} ${labels.route} ${labels.status}` : [],
  )
  expect(routes.sort()).toEqual(['DELETE unmatched 404', 'unknown unmatched 400'])
})

test.each([
  ['that returns', '/fixture/timed', 'ok'],
  ['that throws', '/fixture/timed?fails=true', 'error'],
])('a timed function %s is measured', async (_what, path, outcome) => {
  await using service = await startFixture()

  await service.fetch(path)

  expect(await readMetric(service, 'function_duration_seconds_count', { function: 'fixture work', outcome })).toBe(1)
})

/** One after the other, each on a connection of its own. */
async function breakHttp(service: Awaited<ReturnType<typeof startService>>, count: number) {
  for (let done = 0; done < count; done += 1) {
    using wire = await service.connect()
    wire.write(`METHOD${done} / HTTP/1.1\r\n\r\n`)
    await wire.answer()
  }
}

test('METRICS_PORT serves metrics and problems only', async () => {
  await using service = await startService({ env: { METRICS_PORT: '0' } })
  const { port } = await service.log.find({ message: 'metrics listening' })
  const ask = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method })

  const [metrics, other, posted] = [await ask('/metrics?x=1'), await ask('/info'), await ask('/metrics', 'POST')]

  expect(await metrics.text()).toContain('app_info')
  expect([metrics.status, other.status, posted.status]).toEqual([200, 404, 405])
  expect(posted.headers.get('allow')).toBe('GET, HEAD')
  for (const { headers } of [other, posted]) expect(headers.get('content-type')).toBe('application/problem+json')
  for (const { headers } of [metrics, other]) expect(headers.get('x-content-type-options')).toBe('nosniff')
})
