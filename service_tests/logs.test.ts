// Factor XI: the content of the log, and that no client can forge it.

import { afterAll, expect, test } from 'vitest'
import { postJson } from './http-answer.ts'
import { startFixture, startService } from './service.ts'

// Shared, because each request is found by its own id.
const service = await startFixture()
afterAll(() => service[Symbol.asyncDispose]())

test('every line has a time, a level, the release and the instance', async () => {
  await using service = await startService({ env: { VERSION: '9.8.7', COMMIT: 'abc1234', CF_INSTANCE_INDEX: '3' } })

  await service.fetch('/health/live')
  const line = await service.log.find({ message: 'request' })

  expect(line).toMatchObject({ level: 'info', version: '9.8.7', commit: 'abc1234', instance: '3', process: 'web' })
  expect(new Date(line.time).toISOString()).toBe(line.time)
})

test('the id of the router is in every line of its request, and in the answer', async () => {
  const headers = { 'x-vcap-request-id': '5f1c0e2a-7b52-4a0b-6f0e-0a3a5f6b8c1d' }

  const answer = await service.fetch('/fixture/slow?ms=0', { headers })
  const lines = await service.log.findAll({ requestId: headers['x-vcap-request-id'] }, 2)

  expect(lines.map(({ message }) => message)).toEqual(['working', 'request'])
  expect(answer.headers.get('x-request-id')).toBe(headers['x-vcap-request-id'])
})

test.each(['', 'two words', 'quo"te', '{}', 'x'.repeat(129)])('the malformed id "%s" is replaced', async (id) => {
  const { headers } = await service.fetch('/health/live', { headers: { 'x-vcap-request-id': id } })
  const requestId = headers.get('x-request-id')

  expect(requestId).toMatch(/^[\da-f-]{36}$/)
  expect(await service.log.find({ requestId })).toMatchObject({ message: 'request' })
})

test('the lines of a request contain its trace id', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

  await service.fetch('/fixture/slow?ms=0', { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } })
  const lines = await service.log.findAll({ traceId }, 2)

  expect(lines.map(({ message }) => message)).toEqual(['working', 'request'])
})

test.each([
  'not a trace',
  '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
])('the invalid trace "%s" is ignored', async (traceparent) => {
  const { headers } = await service.fetch('/health/live', { headers: { traceparent } })
  const line = await service.log.find({ requestId: headers.get('x-request-id') })

  expect(line).not.toHaveProperty('traceId')
})

test.each([
  { hops: '0', forwarded: '192.0.2.66', client: '127.0.0.1' },
  { hops: '1', forwarded: '192.0.2.66, 198.51.100.7', client: '198.51.100.7' },
  { hops: '2', forwarded: '192.0.2.66, 198.51.100.7, 203.0.113.9', client: '198.51.100.7' },
  { hops: '1', forwarded: '"}\t{"', client: '127.0.0.1' },
])('with $hops trusted proxies, "$forwarded" comes from $client', async ({ hops, forwarded, client }) => {
  await using service = await startService({ env: { TRUST_PROXY_HOPS: hops } })

  await service.fetch('/health/live', { headers: { 'x-forwarded-for': forwarded } })
  const line = await service.log.find({ message: 'request' })

  expect(line.client).toBe(client)
})

test('LOG_LEVEL omits lines of lower levels', async () => {
  await using service = await startFixture({ env: { LOG_LEVEL: 'info' } })

  await service.fetch('/fixture/log', postJson({ level: 'debug', message: 'a detail' }))
  await service.fetch('/fixture/log', postJson({ level: 'warn', message: 'a warning' }))
  await service.log.find({ level: 'warn', message: 'a warning' })

  expect(service.log.text()).not.toContain('a detail')
})

test('a request that its client has aborted is logged', async () => {
  const leaving = new AbortController()
  const headers = { 'x-vcap-request-id': 'left' }
  const slow = service.fetch('/fixture/slow?ms=60000', { headers, signal: leaving.signal }).catch(() => 'left')
  await service.log.find({ message: 'working', requestId: 'left' })

  leaving.abort()
  await slow

  expect(await service.log.find({ message: 'request', requestId: 'left' })).toMatchObject({
    status: 499,
    aborted: true,
  })
})

test('an answer that its client did not read to the end is logged as aborted', async () => {
  using wire = await service.connect()

  wire.socket.pause()
  wire.write('GET /fixture/big?bytes=8000000 HTTP/1.1\r\nHost: service\r\n\r\n')
  wire.socket.once('readable', () => wire.socket.resetAndDestroy())

  expect(await service.log.find({ path: '/fixture/big' })).toMatchObject({ status: 200, aborted: true })
})

test('input that is refused before it is parsed as a request is logged', async () => {
  using wire = await service.connect()

  wire.write('not HTTP\r\n\r\n')
  await wire.answer()

  expect(await service.log.find({ message: 'request refused' })).toMatchObject({ status: 400, client: '127.0.0.1' })
})

test('a query is not logged, because it may contain secrets', async () => {
  const { headers } = await service.fetch('/health/live?token=marker')
  await service.log.find({ requestId: headers.get('x-request-id') })

  expect(service.log.text()).not.toContain('marker')
})

test('control characters in a request can neither break a line nor colour a terminal', async () => {
  await using service = await startService()
  using wire = await service.connect()
  // The control sequence introducer \x9b does the same as \x1b[, and is allowed in a header.
  wire.write(`GET /%0d%0a%1b[31m{"level":"fatal"}\\n HTTP/1.1\r\nHost: service\r\nUser-Agent: \x9b31m\t"\\n\r\n\r\n`)
  await wire.answer()
  await service.log.find({ status: 404 })

  expect(service.log.text()).not.toMatch(/(?!\n)\p{Control}/u)
})

test('a line is shorter than 60 KiB, whatever is logged', async () => {
  await using service = await startFixture({ env: { BODY_LIMIT: '10000000' } })

  await service.fetch('/fixture/log', postJson({ message: '\u2028"'.repeat(500_000) }))
  await service.log.find({ path: '/fixture/log' })

  expect(
    Math.max(
      ...service.log
        .text()
        .split('\n')
        .map((line) => Buffer.byteLength(line)),
    ),
  ).toBeLessThan(60 * 1024)
})
