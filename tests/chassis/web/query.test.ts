import type { RequestHandler } from 'express'
import { expect, test } from 'vitest'
import { parseQuery } from '../../../src/chassis/web/query.ts'
import type { Routes } from '../../../src/ports/routes.ts'
import { contractWith, createTestApp } from '../../app.ts'

const contract = contractWith({
  paths: `
  /probes:
    get:
      parameters:
        - { name: limit, in: query, schema: { type: integer } }
      responses:
        '204': { description: No content. }
`,
})
const list: RequestHandler = (_req, res) => void res.status(204).end()
const { http } = await createTestApp({ contract, mounted: { probes: { routes: { 'GET /probes': list } as Routes } } })

test.each([
  ['after 1,500 others', `${'a&'.repeat(1500)}limit=abc`],
  [
    'after 1,500 others with names of their own',
    `${Array.from({ length: 1500 }, (_, n) => `a${n}=&`).join('')}limit=abc`,
  ],
  ['after itself', 'limit=1&limit=abc'],
  ['before itself', 'limit=abc&limit=1'],
])('an invalid parameter %s is rejected', async (_where, query) => {
  expect((await http.get(`/probes?${query}`)).status).toBe(400)
})

test('of a repeated parameter every value is kept', () => {
  expect(parseQuery(`${'a=1&'.repeat(1500)}b=2`)).toEqual({ a: Array(1500).fill('1'), b: '2' })
})
