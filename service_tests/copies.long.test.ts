// Factor VIII: what a scrape gets while a copy, or the primary, does not respond.

import { expect, test } from 'vitest'
import { startService } from './service.ts'

const COPIES = 2
const env = { WEB_CONCURRENCY: String(COPIES) }

test('a scrape ends with 503 while a copy is stopped, and with 200 once it runs again', async () => {
  await using service = await startService({ env })
  const [copy] = await service.log.findAll({ message: 'listening' }, COPIES)
  const scrape = () => service.fetch('/metrics', { headers: { connection: 'close' } })

  process.kill(Number(copy!.processId), 'SIGSTOP')
  // The stopped copy may take one of the connections.
  const scrapes = [scrape(), scrape(), scrape()]
  const first = await Promise.race(scrapes)
  const warning = await service.log.find({ level: 'warn', message: 'copies did not report their metrics in time' })
  process.kill(Number(copy!.processId), 'SIGCONT')

  expect([first.status, first.headers.get('retry-after')]).toEqual([503, '5'])
  expect(warning.copies).toEqual([copy!.processId])
  for (const { status } of await Promise.all(scrapes)) expect([200, 503]).toContain(status)
  expect((await scrape()).status).toBe(200)
})

test('a copy that is killed while its report is awaited does not hold up the scrape', async () => {
  await using service = await startService({ env })
  const [copy] = await service.log.findAll({ message: 'listening' }, COPIES)
  process.kill(Number(copy!.processId), 'SIGSTOP')
  // node:cluster leaves open the one connection that it was handing to the copy; a client has to give it up.
  const leaving = new AbortController()
  const init = { headers: { connection: 'close' }, signal: leaving.signal }
  const scrapes = Array.from({ length: 3 }, () => service.fetch('/metrics', init))

  process.kill(Number(copy!.processId), 'SIGKILL')
  const statuses = await firstTwo(scrapes)
  leaving.abort()
  await Promise.allSettled(scrapes)

  expect(statuses).toEqual([200, 200])
})

async function firstTwo(scrapes: Promise<{ status: number }>[]): Promise<number[]> {
  const statuses: number[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const scrape of scrapes)
    void scrape.then(
      ({ status }) => statuses.push(status) === 2 && resolve(),
      () => {},
    )
  await promise
  return statuses.slice(0, 2)
}

test('a scrape ends with 503 while the primary is stopped, and with 200 once it runs again', async () => {
  await using service = await startService({ env })
  await service.log.findAll({ message: 'listening' }, COPIES)
  using wire = await service.connect() // The primary accepts connections; later it can't.
  const request = 'GET /metrics HTTP/1.1\r\nHost: service\r\n\r\n'
  wire.write(request)
  const before = await wire.answer()

  service.signal('SIGSTOP')
  wire.write(request)
  const during = await wire.answer()
  service.signal('SIGCONT')
  wire.write(request)
  const after = await wire.answer()
  service.signal('SIGTERM')

  expect([before.status, during.status, after.status]).toEqual([200, 503, 200])
})
