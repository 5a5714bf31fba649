// Journeys of the platform, of operators and of developers.

import { expect, test } from 'vitest'
import { openTarget } from '../target.ts'

test('the platform finds the service alive and ready', async () => {
  await using target = await openTarget()

  const live = await target.api.GET('/health/live')
  const ready = await target.api.GET('/health/ready')

  expect(live.data).toEqual({ status: 'up' })
  expect(ready.data?.status).toBe('ready')
})

test('an operator reads which version is running', async () => {
  await using target = await openTarget()

  const { data } = await target.api.GET('/info')

  expect(data?.version).toMatch(/^\d+\.\d+\.\d+/)
})

test('a developer reads the contract, and the page that shows it', async () => {
  await using target = await openTarget()

  const contract = await target.api.GET('/openapi.json')
  const page = await target.api.GET('/docs', { parseAs: 'text' })

  expect(contract.data?.openapi).toMatch(/^3\.1/)
  expect(page.data).toContain('swagger-ui')
})

test('an unknown path is answered with a problem document', async () => {
  await using target = await openTarget()

  const response = await target.fetch(`${target.url}/no/such/path`)

  expect(response.status).toBe(404)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
})
