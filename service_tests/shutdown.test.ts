// Factor IX: from SIGTERM to the end of the process. Every request that was accepted gets its answer, and no client can
// prevent the end.

import { expect, test } from 'vitest'
import { whenInFlight } from './metrics-text.ts'
import { drain, draining, type Service, startFixture, startService } from './service.ts'

test('while it drains the service is alive, but not ready', async () => {
  await using service = await startService(draining)
  using _drain = await drain(service)

  const [live, ready] = await Promise.all([service.fetch('/health/live'), service.fetch('/health/ready')])

  expect([live.status, ready.status]).toEqual([200, 503])
})

test('an answer while it drains closes its connection', async () => {
  await using service = await startService(draining)
  using wire = await service.connect()
  using _drain = await drain(service)

  wire.write('GET /health/live HTTP/1.1\r\nHost: service\r\n\r\n')
  const { headers } = await wire.answer()
  await wire.closed()

  expect(headers.get('connection')).toBe('close')
})

test('the listener stays open for DRAIN_SECONDS, and then closes', async () => {
  await using service = await startFixture({ env: { DRAIN_SECONDS: '1' } })
  const slow = service.fetch('/fixture/slow?ms=1500')
  await service.log.find({ message: 'working' })

  const before = performance.now()
  service.signal('SIGTERM')
  while (await accepts(service));
  const openMs = performance.now() - before
  await slow

  expect(openMs).toBeGreaterThan(950)
})

test('a request whose body was half sent at SIGTERM is answered', async () => {
  await using service = await startFixture()
  using wire = await service.connect()
  wire.write(
    'POST /fixture/echo HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a"',
  )
  await whenInFlight(service, 1)
  service.signal('SIGTERM')
  await service.log.find({ message: 'stopping' })

  wire.write(': 12}')
  const { body } = await wire.answer()

  expect(body).toBe('{"a":12}')
})

test('a handler that is running at SIGTERM finishes', async () => {
  await using service = await startFixture()
  const slow = service.fetch('/fixture/slow?ms=500')
  await service.log.find({ message: 'working' })

  service.signal('SIGTERM')
  const { status } = await slow

  expect(status).toBe(200)
})

test('a download that is slow at SIGTERM is complete', async () => {
  await using service = await startFixture()
  using wire = await service.connect()
  wire.socket.pause()
  wire.write('GET /fixture/big?bytes=8000000 HTTP/1.1\r\nHost: service\r\n\r\n')
  await whenInFlight(service, 1)

  service.signal('SIGTERM')
  await service.log.find({ message: 'stopping' })
  wire.socket.resume()
  const { body } = await wire.answer()

  expect(body).toHaveLength(8_000_000)
})

test('a long poll ends early', async () => {
  await using service = await startFixture()
  const poll = service.fetch('/fixture/poll')
  await service.log.find({ message: 'waiting' })

  service.signal('SIGTERM')
  const { status } = await poll

  expect(status).toBe(204)
})

test('a second SIGTERM ends the service at once, with exit code 1 and the reason', async () => {
  await using service = await startFixture({ exitCode: 1 })
  const slow = service.fetch('/fixture/slow?ms=60000').catch(() => 'lost')
  await service.log.find({ message: 'working' })

  service.signal('SIGTERM')
  await service.log.find({ message: 'stopping' })
  service.signal('SIGTERM')
  await slow

  expect((await service.log.find({ exitCode: 1 })).message).toContain('SIGTERM')
})

test('what takes longer than SHUTDOWN_SECONDS is cut off, with exit code 1 and the reason', async () => {
  await using service = await startFixture({ env: { SHUTDOWN_SECONDS: '1' }, exitCode: 1 })
  const slow = service.fetch('/fixture/slow?ms=60000').catch(() => 'lost')
  await service.log.find({ message: 'working' })

  service.signal('SIGTERM')
  await slow

  expect((await service.log.find({ exitCode: 1 })).message).toContain('not finished after 1 s')
})

test('SIGINT at a terminal skips the drain', async () => {
  const drainSeconds = 50
  await using service = await startService({ env: { DRAIN_SECONDS: `${drainSeconds}` } })

  const before = performance.now()
  service.signal('SIGINT')
  await service.ended

  expect(performance.now() - before).toBeLessThan(drainSeconds * 1000)
})

test('connections without a request do not delay the end', async () => {
  await using service = await startService()
  using silent = await service.connect()
  using partial = await service.connect()
  partial.write('GET /health/live HTTP/1.1\r\nHo')
  await service.fetch('/health/live')

  service.signal('SIGTERM')
  await Promise.all([silent.closed(), partial.closed()])

  expect((await service.ended).code).toBe(0)
})

test('the last line of the log says that the service has stopped', async () => {
  await using service = await startService()

  service.signal('SIGTERM')
  await service.ended

  expect(service.log.lines.at(-1)).toMatchObject({ level: 'info', message: 'stopped', exitCode: 0 })
})

const accepts = ({ connect }: Service) =>
  connect().then(
    (wire) => {
      wire[Symbol.dispose]()
      return true
    },
    () => false,
  )
