// The live docs, in a real browser: a page that loads without a complaint, shows everything, and can be used.

import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { noChromium, openPage } from './browser.ts'
import { type Service, startService } from './service.ts'

test.skipIf(noChromium)('the docs load without a complaint and list every operation', async () => {
  await using service = await startService()
  await using browser = await openPage(`${service.url}/docs`)

  await whenShown(browser.page)

  expect(await operationsOn(browser.page)).toEqual(await operationsOf(service))
  expect(browser.complaints).toEqual([])
})

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

test('the docs allow scripts of their own only, and nobody may frame them', async () => {
  await using service = await startService()

  const { headers } = await service.fetch('/docs/')

  expect(headers.get('content-security-policy')).toContain("script-src 'self';")
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none';.*frame-ancestors 'none'/)
})

const whenShown = (page: Page) => page.locator('.opblock').first().waitFor()

/** As `GET /health/live`. */
const operationsOn = (page: Page) =>
  page.locator('.opblock-summary').evaluateAll((summaries) =>
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
  const { json } = await service.fetch('/openapi.json')
  const { paths } = json<{ paths: Record<string, object> }>()
  return Object.entries(paths)
    .flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`))
    .filter((key) => !key.startsWith('PARAMETERS '))
    .sort()
}

async function tryLiveness(page: Page) {
  const operation = page.locator('#operations-operations-readLiveness')
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
