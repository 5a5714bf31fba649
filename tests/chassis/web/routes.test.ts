// What the chassis serves itself, and how it answers, with any features.

import type { RequestHandler } from 'express'
import { expect, test } from 'vitest'
import { Problem } from '../../../src/chassis/problem.ts'
import { createHealth } from '../../../src/chassis/web/health.ts'
import type { Mounted } from '../../../src/ports/routes.ts'
import { contractWith, createTestApp } from '../../app.ts'

const { http, lines } = await createTestApp({ env: { VERSION: '9.9.9', COMMIT: 'abc1234' } })

test('liveness and readiness are served', async () => {
  expect((await http.get('/health/live')).body).toEqual({ status: 'up' })
  expect((await http.get('/health/ready')).body).toEqual({ status: 'ready', checks: {} })
})

test('readiness lists each resource, and fails if one of them does', async () => {
  let down = false
  const orders: Mounted = {
    ready: () => {
      if (down) throw new Error('the schema is older than the code')
    },
  }
  const { http } = await createTestApp({ mounted: { orders } })

  const before = await http.get('/health/ready')
  down = true
  const after = await http.get('/health/ready')
  const live = await http.get('/health/live')

  expect(before.body.checks).toEqual({ orders: 'up' })
  expect(after.body).toMatchObject({ status: 503, detail: 'Not ready: orders.' })
  expect(after.body.checks).toEqual({ orders: 'the schema is older than the code' })
  expect(after.headers['retry-after']).toBe('5')
  expect(live.status).toBe(200)
})

test('a resource that does not answer in time is not ready', async () => {
  const { routes } = createHealth(
    () => ({ frozen: () => new Promise<void>(() => {}) }),
    new AbortController().signal,
    10,
  )

  const asked = routes?.['GET /health/ready']?.({} as never, {} as never, () => {})

  await expect(asked).rejects.toMatchObject({ status: 503, members: { checks: { frozen: 'no answer within 10 ms' } } })
})

test('while the service stops, it is not ready and closes connections', async () => {
  const { http, lifecycle } = await createTestApp()

  await lifecycle.stop('SIGTERM')

  const ready = await http.get('/health/ready')
  expect(ready.body).toMatchObject({ status: 503, detail: 'The service is stopping.' })
  expect(ready.headers.connection).toBe('close')
  expect((await http.get('/health/live')).status).toBe(200)
})

test('info describes the release and the bindings', async () => {
  const orders = { kind: 'database', name: 'orders', label: 'postgresql', source: 'VCAP_SERVICES', attached: true }
  const credentials = { uri: 'postgres://user:secret@127.0.0.1:1/orders' }
  const VCAP_SERVICES = JSON.stringify({ postgresql: [{ name: 'orders', label: 'postgresql', credentials }] })
  const { http } = await createTestApp({
    env: { VERSION: '9.9.9', COMMIT: 'abc1234', DATABASE_URL: '', VCAP_SERVICES },
  })

  const { body } = await http.get('/info')

  expect(body).toMatchObject({
    version: '9.9.9',
    commit: 'abc1234',
    instance: '0',
    node: process.version,
    bound: [orders],
  })
})

test('metrics are served on the port of the service, unless they have their own', async () => {
  const { http: apart } = await createTestApp({ env: { METRICS_PORT: '9090' } })

  expect((await http.get('/metrics')).text).toContain('http_requests_in_flight 1')
  expect((await apart.get('/metrics')).status).toBe(404)
  expect((await apart.get('/openapi.json')).body.paths).not.toHaveProperty('/metrics')
})

test.each(['/openapi.yaml', '/openapi.json', '/robots.txt', '/favicon.ico', '/docs/swagger-ui.css'])(
  '%s is not sent again to a client that has it',
  async (path) => {
    const first = await http.get(path)

    const second = await http.get(path).set('if-none-match', first.headers.etag!)

    expect(first.status).toBe(200)
    expect(second.status).toBe(304)
  },
)

test('the docs are at the path with a slash, with a policy that also allows inline styles', async () => {
  const redirect = await http.get('/docs')
  const page = await http.get('/docs/')

  expect(redirect.status).toBe(301)
  expect(redirect.headers.location).toBe('docs/')
  expect(page.text).toContain('swagger-ui')
  expect(page.headers['content-security-policy']).toContain("script-src 'self'; style-src 'self' 'unsafe-inline'")
  expect(redirect.headers['content-security-policy']).not.toContain('unsafe-inline')
})

test('the docs page loads the contract that is served', async () => {
  await http.get('/docs/')

  expect((await http.get('/docs/swagger-ui-init.js')).text).toContain('"url": "../openapi.json"')
})

test('only the files that the docs page requests are served', async () => {
  expect((await http.get('/docs/package.json')).status).toBe(404)
  expect((await http.get('/docs/swagger-ui-bundle.js.map')).status).toBe(404)
})

test('a path that does not exist is answered with a problem', async () => {
  const answer = await http.get('/nowhere?x=1').set('accept', 'text/html')

  expect(answer.status).toBe(404)
  expect(answer.type).toBe('application/problem+json')
  expect(JSON.parse(answer.text)).toEqual({
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    detail: 'There is nothing at /nowhere.',
  })
})

test('paths work with a trailing slash, and are as case sensitive as the contract', async () => {
  expect((await http.get('/info/')).status).toBe(200)
  expect((await http.get('/INFO')).status).toBe(404)
})

test('HEAD is GET without the body', async () => {
  const answer = await http.head('/health/live')

  expect(answer.status).toBe(200)
  expect(answer.headers['content-length']).toBe('15')
})

test('a bug is answered without details, which are logged', async () => {
  const { http, lines } = await createProbe(() => Promise.reject(new Error('secret 42')))

  const answer = await http.get('/probe').set('x-request-id', 'r-42')

  expect(answer.status).toBe(500)
  expect(answer.text).not.toContain('42')
  expect(lines()).toContainEqual(
    expect.objectContaining({
      level: 'error',
      requestId: 'r-42',
      error: expect.objectContaining({ message: 'secret 42' }),
    }),
  )
})

test.each([
  [
    new Problem(418, 'Teapots make no coffee.', { members: { pot: 1 } }),
    { status: 418, detail: 'Teapots make no coffee.', pot: 1 },
  ],
  [
    Object.assign(new Error('internal words'), { status: 404 }),
    { status: 404, detail: 'The request can’t be handled.' },
  ],
  [Object.assign(new Error('internal words'), { status: 200 }), { status: 500 }],
  ['not an error', { status: 500 }],
])('%s, thrown by a handler, becomes a problem', async (thrown, expected) => {
  const { app } = await createProbe(() => Promise.reject(thrown))

  // Without the check of the contract, because some of these statuses are not documented.
  const { default: supertest } = await import('supertest')
  const answer = await supertest(app).get('/probe')

  expect(answer.type).toBe('application/problem+json')
  expect(JSON.parse(answer.text)).toMatchObject(expected)
})

test('a response that fails midway is aborted', async () => {
  const { http } = await createProbe((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/plain' }).write('half')
    throw new Error('out of words')
  })

  await expect(http.get('/probe')).rejects.toThrow(/aborted|hang up/)
})

test('every response has the security headers and the request id', async () => {
  for (const answer of [await http.get('/info'), await http.get('/nowhere'), await http.get('/robots.txt')]) {
    expect(answer.headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'x-request-id': expect.any(String),
    })
    expect(answer.headers).not.toHaveProperty('x-powered-by')
  }
})

test('the request id of the router is in the response and in the log line, and the query is not logged', async () => {
  const answer = await http.get('/info?token=hunter2').set('x-vcap-request-id', 'v-1').set('user-agent', 'a "b"\\')

  expect(answer.headers['x-request-id']).toBe('v-1')
  expect(lines()).toContainEqual(
    expect.objectContaining({ message: 'request', requestId: 'v-1', path: '/info', status: 200, userAgent: 'a "b"\\' }),
  )
  expect(JSON.stringify(lines())).not.toContain('hunter2')
})

test('requests are not logged above the level info', async () => {
  const { http, lines } = await createTestApp({ env: { LOG_LEVEL: 'error' } })

  await http.get('/info')

  expect(lines()).toEqual([])
})

test('pages of listed origins may call the service, and others may not', async () => {
  const { http } = await createTestApp({ env: { CORS_ORIGINS: 'https://a.example' } })

  const preflight = await http
    .options('/info')
    .set({ origin: 'https://a.example', 'access-control-request-method': 'GET' })
  const plain = await http.get('/info').set('origin', 'https://a.example')
  const other = await http.get('/info').set('origin', 'https://b.example')
  const options = await http.options('/info').set('origin', 'https://a.example')

  expect(preflight.status).toBe(204)
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': 'https://a.example',
    'access-control-max-age': '600',
  })
  expect(plain.headers['access-control-allow-origin']).toBe('https://a.example')
  expect(plain.headers['access-control-expose-headers']).toContain('X-Request-Id')
  expect(other.headers).not.toHaveProperty('access-control-allow-origin')
  expect(options.headers.allow).toBe('GET, HEAD, OPTIONS')
})

test('by default pages of other origins may not call the service', async () => {
  const answer = await http.get('/info').set('origin', 'https://a.example')

  expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
})

test('responses are compressed if COMPRESSION is on', async () => {
  const { http: compressing } = await createTestApp({ env: { COMPRESSION: 'true' } })

  expect((await compressing.get('/openapi.json')).headers['content-encoding']).toBe('gzip')
  expect((await http.get('/openapi.json')).headers).not.toHaveProperty('content-encoding')
  expect((await http.get('/docs/swagger-ui.css')).headers['content-encoding']).toBe('gzip')
})

/** The chassis with one route, `/probe`. */
function createProbe(handler: RequestHandler) {
  const paths = `
  /probe:
    get:
      responses: { '200': { description: OK, content: { text/plain: { schema: { type: string } } } } }
`
  const probe = { routes: { 'GET /probe': handler } } as Mounted
  return createTestApp({ contract: contractWith({ paths }), mounted: { probe } })
}

test.each(['/robots.txt', '/docs/swagger-ui.css', '/openapi.json'])('preconditions on %s are ignored', async (path) => {
  const answer = await http.get(path).set({ 'if-match': '"x"', 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' })

  expect(answer.status).toBe(200)
})

test('the docs page is always sent whole', async () => {
  expect((await http.get('/docs/').set('if-none-match', '*')).status).toBe(200)
})

test('a file of the docs page with a trailing slash does not exist', async () => {
  expect((await http.get('/docs/swagger-ui-init.js/')).status).toBe(404)
})
