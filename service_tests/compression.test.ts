// Compression: of the docs and static files always, of every answer with COMPRESSION=true, of event streams never.

import { afterAll, expect, test } from 'vitest'
import { startFixture } from './service.ts'

// Shared, because no test changes the services.
const plain = await startFixture()
const compressing = await startFixture({ env: { COMPRESSION: 'true' } })
afterAll(() => Promise.all([plain, compressing].map((service) => service[Symbol.asyncDispose]())))

const large = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ a: 'x'.repeat(9000) }),
}

test('without COMPRESSION an answer is sent as it is', async () => {
  const { headers } = await plain.fetch('/fixture/echo', large)

  expect(headers.has('content-encoding')).toBe(false)
})

test('with COMPRESSION an answer is compressed, and varies by Accept-Encoding', async () => {
  const { headers, body } = await compressing.fetch('/fixture/echo', {
    ...large,
    headers: { ...large.headers, 'accept-encoding': 'gzip' },
  })

  expect([headers.get('content-encoding'), headers.get('vary')]).toEqual(['gzip', 'Accept-Encoding'])
  expect(body).toBe(large.body)
})

test('with COMPRESSION a client that does not accept it gets the answer as it is', async () => {
  using wire = await compressing.connect()

  wire.write('GET /openapi.json HTTP/1.1\r\nHost: service\r\n\r\n')
  const { headers, body } = await wire.answer()

  expect(headers.has('content-encoding')).toBe(false)
  expect(JSON.parse(body)).toHaveProperty('openapi')
})

test('with COMPRESSION an event is sent at once, as it is', async () => {
  const response = await fetch(`${compressing.url}/fixture/events`, { headers: { 'accept-encoding': 'gzip' } })
  const { value } = await response.body!.getReader().read()

  expect(response.headers.has('content-encoding')).toBe(false)
  expect(new TextDecoder().decode(value)).toBe('data: first\n\n')
})

test.each(['/docs/', '/docs/swagger-ui-bundle.js'])('%s is compressed without COMPRESSION', async (path) => {
  const { headers } = await plain.fetch(path)

  expect(headers.get('content-encoding')).toMatch(/^(gzip|br)$/)
})
