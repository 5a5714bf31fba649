// Hello, seen from outside: a line for programs, a page for people.

import { afterAll, expect, test } from 'vitest'
import { noChromium, openPage } from '../browser.ts'
import { readMetric } from '../metrics-text.ts'
import { startService } from '../service.ts'

const browserAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

// Shared, because only one test depends on the number of visits.
const service = await startService()
afterAll(() => service[Symbol.asyncDispose]())

test('programs are greeted with a line of text', async () => {
  const { body, headers } = await service.fetch('/')

  expect(body).toBe('Hello world\n')
  expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
})

test('the greeting varies by Accept', async () => {
  const page = await service.fetch('/', { headers: { accept: browserAccept } })
  const line = await service.fetch('/')

  expect([page, line].map(({ headers }) => headers.get('vary'))).toEqual(['Accept', 'Accept'])
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
})

test('a caller that accepts neither text nor HTML gets 406', async () => {
  const { status } = await service.fetch('/', { headers: { accept: 'image/png' } })

  expect(status).toBe(406)
})

test('visits are logged and counted', async () => {
  await using service = await startService()

  await service.fetch('/')
  await service.fetch('/', { headers: { accept: browserAccept } })
  await service.log.findAll({ message: 'request', path: '/' }, 2)

  expect(await readMetric(service, 'hello_visits_total')).toBe(2)
})

test('a file that a browser has is not sent again', async () => {
  const { headers } = await service.fetch('/assets/style.css')
  using wire = await service.connect()

  wire.write(`GET /assets/style.css HTTP/1.1\r\nHost: service\r\nIf-None-Match: ${headers.get('etag')}\r\n\r\n`)
  const { status } = await wire.answer()

  expect(status).toBe(304)
  expect(headers.get('cache-control')).toMatch(/^public, max-age=\d+$/)
})

test.each(['/assets/missing.css', '/assets/..%2findex.ts', '/assets/%2e%2e%2f%2e%2e%2fmain.ts'])(
  '%s does not exist',
  async (path) => {
    const { status } = await service.fetch(path)

    expect(status).toBe(404)
  },
)

test.skipIf(noChromium)('the landing page is shown without a complaint, and its links lead somewhere', async () => {
  await using browser = await openPage(`${service.url}/`)

  const links = await browser.page.locator('a').evaluateAll((anchors) => anchors.map((a) => a.getAttribute('href')))
  const answers = await Promise.all(links.map((link) => service.fetch(`/${link}`)))

  expect(await browser.page.locator('h1').innerText()).toBe('Hello world')
  expect(links.length).toBeGreaterThan(2)
  expect(answers.map(({ status }) => status)).toEqual(links.map(() => 200))
  expect(browser.complaints).toEqual([])
})
