// The documentation page in a real browser: it loads without errors, shows every operation, and can be used.

import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { noChromium, openPage, phone } from './browser.ts'
import { type Service, startService } from './service.ts'

test.skipIf(noChromium)('the docs load without errors and list every operation', async () => {
  await using service = await startService()
  await using browser = await openPage(`${service.url}/docs`)

  await whenShown(browser.page)

  expect(await operationsOn(browser.page)).toEqual(await operationsOf(service))
  expect(browser.complaints).toEqual([])
})

test.skipIf(noChromium)('the page has the name and the icon of the service', async () => {
  await using service = await startService()
  await using browser = await openPage(`${service.url}/docs/`)

  const icons = await browser.page.locator('link[rel~=icon]').evaluateAll((links) => links.map((link) => link.href))

  expect(await browser.page.title()).toBe((await readDocument(service)).info.title)
  expect(icons).toEqual([`${service.url}/favicon.ico`])
})

test.skipIf(noChromium)(
  'the routes of the chassis have a heading of their own, below those of the features',
  async () => {
    await using service = await startService()
    await using browser = await openPage(`${service.url}/docs/`)

    await whenShown(browser.page)
    const last = browser.page.locator('.opblock-tag-section').last()

    expect(await last.locator('h3').getAttribute('data-tag')).toBe('service')
    expect(await last.locator('h3 small').innerText()).not.toBe('')
    expect(await operationsOn(last)).toEqual([
      'GET /docs',
      'GET /docs/{file}',
      'GET /favicon.ico',
      'GET /health/live',
      'GET /health/ready',
      'GET /info',
      'GET /metrics',
      'GET /openapi.json',
      'GET /openapi.yaml',
      'GET /robots.txt',
    ])
  },
)

test.skipIf(noChromium)(
  'the page fits on a phone, also with the parameters and the answer of an operation',
  async () => {
    await using service = await startService()
    await using browser = await openPage(`${service.url}/docs/`, phone)

    await whenShown(browser.page)
    const closed = await widthsOf(browser.page)
    await tryLiveness(browser.page)
    await browser.page.locator('#operations-service-readDocsFile .opblock-summary-control').click()
    await browser.page.locator('#operations-service-readDocsFile .responses-table').waitFor()
    const open = await widthsOf(browser.page)

    expect({ closed, open }).toEqual({ closed: [390, 390], open: [390, 390] })
  },
)

test.skipIf(noChromium)('an operation can be tried out', async () => {
  await using service = await startService()
  await using browser = await openPage(`${service.url}/docs/`)

  const answer = await tryLiveness(browser.page)

  expect(answer).toMatchObject({ status: '200', url: `${service.url}/health/live` })
  expect(browser.complaints).toEqual([])
})

test.skipIf(noChromium)('an operation can be tried out behind a path prefix', async () => {
  await using service = await startService()
  await using proxy = await startPrefixProxy('/some/prefix', service)
  await using browser = await openPage(`${proxy.url}/docs`)

  const answer = await tryLiveness(browser.page)

  expect(answer).toMatchObject({ status: '200', url: `${proxy.url}/health/live` })
  expect(browser.complaints).toEqual([])
})

test('the docs allow scripts of the service only, and can’t be framed', async () => {
  await using service = await startService()

  const { headers } = await service.fetch('/docs/')

  expect(headers.get('content-security-policy')).toContain("script-src 'self';")
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none';.*frame-ancestors 'none'/)
})

const whenShown = (page: Page) => page.locator('.opblock').first().waitFor()

/** Of the window and of its content; a window that is too narrow for its content grows on a phone. */
const widthsOf = (page: Page) => page.evaluate<number[]>('[innerWidth, document.documentElement.scrollWidth]')

/** As `GET /health/live`. */
const operationsOn = (part: Page | Locator) =>
  part.locator('.opblock-summary').evaluateAll((summaries) =>
    summaries
      .map((summary) => {
        const [method, path] = ['.opblock-summary-method', '.opblock-summary-path'].map((part) =>
          summary.querySelector(part),
        )
        return `${method?.textContent} ${path?.getAttribute('data-path')}`
      })
      .sort(),
  )

async function operationsOf(service: Service): Promise<string[]> {
  const { paths } = await readDocument(service)
  return Object.entries(paths)
    .flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`))
    .filter((key) => !key.startsWith('PARAMETERS '))
    .sort()
}

async function readDocument(service: Service) {
  const { json } = await service.fetch('/openapi.json')
  return json<{ info: { title: string }; paths: Record<string, object> }>()
}

async function tryLiveness(page: Page) {
  const operation = page.locator('#operations-service-readLiveness')
  await operation.locator('.opblock-summary-control').click()
  await operation.getByRole('button', { name: 'Execute' }).click()
  const answer = operation.locator('.live-responses-table')
  return {
    status: (await answer.locator('tbody .response-col_status').first().innerText()).trim(),
    url: (await operation.locator('.request-url pre').innerText()).trim(),
  }
}

/** As a gateway that serves several services under one name. */
async function startPrefixProxy(prefix: string, { host, port }: Service) {
  const server = createServer((req, res) => {
    const path = req.url?.startsWith(`${prefix}/`) ? req.url.slice(prefix.length) : '/outside-of-the-prefix'
    const sent = request({ host, port, path, method: req.method, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(res)
    })
    req.pipe(sent)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
