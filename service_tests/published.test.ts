// The contract as it is served, and the files that browsers and crawlers request from any site.

import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { afterAll, expect, test } from 'vitest'
import { startFixture, startService } from './service.ts'

// Shared, for nothing that a test sends leaves a trace in the service.
const service = await startService()
afterAll(() => service[Symbol.asyncDispose]())

test('the contract is served as it is written, and with the responses of the chassis', async () => {
  const { body } = await service.fetch('/openapi.yaml')
  const written = readFileSync(new URL('../openapi.yaml', import.meta.url), 'utf8')

  expect(body.split('\n')).toEqual(expect.arrayContaining(written.split('\n')))
  expect(body).toContain("        '415': { $ref: '#/components/responses/UnsupportedMediaType' }")
})

test('the contract says the same as JSON and as YAML', async () => {
  const [yaml, json] = [await service.fetch('/openapi.yaml'), await service.fetch('/openapi.json')]

  expect(json.json()).toEqual(load(yaml.body))
})

test('an operation without a handler is left out of the contract, and the log says so', async () => {
  await using fixture = await startFixture({ env: { METRICS_PORT: '0' } })

  const [yaml, json] = [await fixture.fetch('/openapi.yaml'), await fixture.fetch('/openapi.json')]
  const { unserved } = await fixture.log.find({ message: 'left out of the docs: not served on this port' })

  expect(unserved).toContain('GET /metrics')
  expect(load(yaml.body)).not.toHaveProperty(['paths', '/metrics'])
  expect(json.json()).toEqual(load(yaml.body))
})

test.each(['/openapi.yaml', '/openapi.json', '/favicon.ico', '/robots.txt', '/docs/swagger-ui.css'])(
  'a client that has %s is not sent it again',
  async (path) => {
    const { headers } = await service.fetch(path)

    // A fetch with conditions asks caches to keep out of the way, which Express takes for a wish to have it again.
    using wire = await service.connect()
    wire.write(`GET ${path} HTTP/1.1\r\nHost: service\r\nIf-None-Match: ${headers.get('etag')}\r\n\r\n`)
    const { status } = await wire.answer()

    expect(status).toBe(304)
  },
)

test('a part of the docs that is not there is answered with 404', async () => {
  const { status } = await service.fetch('/docs/nothing.js')

  expect(status).toBe(404)
})

test.each([
  '/docs/..%2fpackage.json',
  '/docs/%2e%2e%2f%2e%2e%2fpackage.json',
  '/docs/package.json',
  '/docs/absolute-path.js',
])('%s leads nowhere', async (path) => {
  const { status } = await service.fetch(path)

  expect(status).toBe(404)
})
