// HTTP as RFC 9110 and RFC 9112 have it: methods, paths, and connections that carry more than one request.

import { afterAll, expect, test } from 'vitest'
import { startFixture } from './service.ts'

// Shared, for nothing that a test sends leaves a trace in the service.
const service = await startFixture()
afterAll(() => service[Symbol.asyncDispose]())

test.each(['TRACE', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
  '%s is not a method of a path that has GET',
  async (method) => {
    using wire = await service.connect()

    wire.write(`${method} /health/live HTTP/1.1\r\nHost: service\r\n\r\n`)
    const { status, headers } = await wire.answer()

    expect(status).toBe(405)
    expect(headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  },
)

test('CONNECT closes the connection', async () => {
  using wire = await service.connect()

  wire.write('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n')

  expect(await wire.closed()).toBe('')
})

test('an offer to upgrade is ignored', async () => {
  using wire = await service.connect()

  wire.write('GET /health/live HTTP/1.1\r\nHost: service\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  const { status } = await wire.answer()

  expect(status).toBe(200)
})

test('OPTIONS lists the methods of a path', async () => {
  using wire = await service.connect()

  wire.write('OPTIONS /fixture/echo HTTP/1.1\r\nHost: service\r\n\r\n')
  const { status, headers } = await wire.answer()

  expect(status).toBe(204)
  expect(headers.get('allow')).toBe('POST, OPTIONS')
})

test('HEAD is answered like GET, without the body', async () => {
  using wire = await service.connect()
  const request = '/health/live HTTP/1.1\r\nHost: service\r\n\r\n'

  wire.write(`GET ${request}`)
  const get = await wire.answer()
  wire.write(`HEAD ${request}`)
  const head = await wire.answer()

  expect(head.status).toBe(200)
  expect(withoutOwnFields(head.headers)).toEqual(withoutOwnFields(get.headers))
})

test('HEAD of what is not there has no body either', async () => {
  using wire = await service.connect()

  wire.write('HEAD /nowhere HTTP/1.1\r\nHost: service\r\n\r\nGET /health/live HTTP/1.1\r\nHost: service\r\n\r\n')
  const statuses = [(await wire.answer()).status, (await wire.answer()).status]

  expect(statuses).toEqual([404, 200])
})

test.each(['/health/live', '/health/live/', '/openapi.yaml/', '/docs/'])(
  '%s works with and without a slash',
  async (path) => {
    const { status } = await service.fetch(path)

    expect(status).toBe(200)
  },
)

test('a target in absolute form is answered, as RFC 9112 demands', async () => {
  using wire = await service.connect()

  wire.write('GET http://service/health/live HTTP/1.1\r\nHost: service\r\n\r\n')
  const { status } = await wire.answer()

  expect(status).toBe(200)
})

test.each(['?ms=1&ms=2', '?ms=one', '?ms[a]=1', ''])(
  'a query that does not match the contract, "%s", is answered with 400',
  async (query) => {
    const { status } = await service.fetch(`/fixture/slow${query}`)

    expect(status).toBe(400)
  },
)

test('paths are case sensitive, as the contract is', async () => {
  const { status } = await service.fetch('/Health/Live')

  expect(status).toBe(404)
})

test('a path that is not percent-encoded well is answered with 400', async () => {
  const { status } = await service.fetch('/docs/%zz')

  expect(status).toBe(400)
})

test.each(['text/html', 'image/png', 'application/xml;q=0.1'])(
  'an error is a problem document, also to a client that accepts only %s',
  async (accept) => {
    const { headers } = await service.fetch('/nowhere', { headers: { accept } })

    expect(headers.get('content-type')).toBe('application/problem+json')
  },
)

test('pipelined requests are answered in their order', async () => {
  using wire = await service.connect()
  const slow = 'GET /fixture/slow?ms=50 HTTP/1.1\r\nHost: service\r\n\r\n'
  const quick = 'GET /fixture/slow?ms=0 HTTP/1.1\r\nHost: service\r\n\r\n'

  wire.write(slow + quick)
  const answers = [await wire.answer(), await wire.answer()]

  expect(answers.map((answer) => answer.json())).toEqual([{ waitedMs: 50 }, { waitedMs: 0 }])
})

test('a pipelined request starts when the response before it has been sent', async () => {
  await using service = await startFixture()
  using wire = await service.connect()
  const slow = 'GET /fixture/slow?ms=0 HTTP/1.1\r\nHost: service\r\n\r\n'

  wire.write(`GET /fixture/poll HTTP/1.1\r\nHost: service\r\n\r\n${slow}`)
  await service.log.find({ message: 'waiting' })
  await service.fetch('/fixture/slow?ms=0')
  await service.log.find({ path: '/fixture/slow' })

  expect(service.log.lines.filter(({ message }) => message === 'working')).toHaveLength(1)
})

test('pipelined bodies are read in their turn', async () => {
  using wire = await service.connect()
  const body = JSON.stringify({ text: 'x'.repeat(50_000) })
  const post = `POST /fixture/echo HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}\r\n`

  wire.write(post.repeat(5))
  const answers = []
  for (let count = 0; count < 5; count++) answers.push(await wire.answer())

  expect(answers.map((answer) => answer.body === body)).toEqual([true, true, true, true, true])
})

test('a connection that pipelines more than fits the memory is closed, and others go on', async () => {
  using greedy = await service.connect()
  using honest = await service.connect()

  greedy.write('GET /fixture/slow?ms=60000 HTTP/1.1\r\nHost: service\r\n\r\n')
  greedy.write('GET /health/live HTTP/1.1\r\nHost: service\r\n\r\n'.repeat(10_000))
  await greedy.closed()
  honest.write('GET /health/live HTTP/1.1\r\nHost: service\r\n\r\n'.repeat(2))

  expect([(await honest.answer()).status, (await honest.answer()).status]).toEqual([200, 200])
})

test('a connection is kept for longer than any router keeps it', async () => {
  using wire = await service.connect()

  wire.write('GET /health/live HTTP/1.1\r\nHost: service\r\n\r\n')
  const { headers } = await wire.answer()

  expect(Number(headers.get('keep-alive')?.replace('timeout=', ''))).toBeGreaterThanOrEqual(95)
})

test('HTTP/1.0 is answered, and its connection closed', async () => {
  using wire = await service.connect()

  wire.write('GET /health/live HTTP/1.0\r\n\r\n')
  const { status } = await wire.answer()
  await wire.closed()

  expect(status).toBe(200)
})

/** What differs from answer to answer. */
function withoutOwnFields(headers: Headers) {
  return [...headers].filter(([name]) => name !== 'x-request-id' && name !== 'date')
}

test('no header is dropped, however many there are', async () => {
  using wire = await service.connect()

  wire.write(
    `POST /fixture/echo HTTP/1.1\r\n${'a: 1\r\n'.repeat(1500)}Host: service\r\nContent-Type: application/json\r\n` +
      'Content-Length: 7\r\n\r\n{"b":2}',
  )
  const { status, body } = await wire.answer()

  expect([status, body]).toEqual([200, '{"b":2}'])
})
