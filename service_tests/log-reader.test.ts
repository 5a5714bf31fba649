// The service does not depend on the reader of its log: one that stalls or ends costs log lines, and nothing else.

import { expect, test } from 'vitest'
import { postJson } from './http-answer.ts'
import { readMetric } from './metrics-text.ts'
import { type Service, startFixture } from './service.ts'

const megabyte = 2 ** 20

test('while the log is not read, requests are answered and dropped lines are counted', async () => {
  await using service = await startFixture({ unreadLog: true })
  service.log.pause()

  await logMegabytes(service, 10)

  expect(await readMetric(service, 'log_lines_dropped_total')).toBeGreaterThan(100)
})

test('while the log is not read, memory stays bounded', async () => {
  await using service = await startFixture({ unreadLog: true })
  service.log.pause()
  await logMegabytes(service, 10)
  const before = await readMetric(service, 'process_resident_memory_bytes')

  await logMegabytes(service, 100)

  expect(await readMetric(service, 'process_resident_memory_bytes')).toBeLessThan(before + 50 * megabyte)
})

test('while the log is not read, SIGTERM ends the service with exit code 0', async () => {
  await using service = await startFixture({ unreadLog: true })
  service.log.pause()
  await logMegabytes(service, 10)

  service.signal('SIGTERM')
  const { code } = await service.ended

  expect(code).toBe(0)
})

test('a reader that resumes finds whole lines', async () => {
  await using service = await startFixture()
  service.log.pause()
  await logMegabytes(service, 10)

  service.log.resume()
  while (!service.log.lines.some(({ path }) => path === '/health/live')) await service.fetch('/health/live')

  expect(service.log.malformed).toEqual([])
})

test('the service outlives the reader of its log', async () => {
  await using service = await startFixture({ unreadLog: true })
  service.log.abandon()

  await logMegabytes(service, 1)
  const live = await service.fetch('/health/live')

  expect(live.status).toBe(200)
})

/** As many lines of some 10,000 characters as it takes. */
async function logMegabytes(service: Service, count: number) {
  for (let done = 0; done < count; done += 1) {
    await service.fetch('/fixture/log', postJson({ message: 'x'.repeat(10_000), times: 105 }))
  }
}
