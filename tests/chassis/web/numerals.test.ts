// Numbers in parameters, however their schema is written.

import type { RequestHandler } from 'express'
import { expect, test } from 'vitest'
import type { Routes } from '../../../src/ports/routes.ts'
import { contractWith, createTestApp } from '../../app.ts'

const contract = contractWith({
  schemas: '    Count: { type: integer }\n',
  paths: `
  /probes:
    get:
      parameters:
        - { name: whole, in: query, schema: { type: integer } }
        - { name: referred, in: query, schema: { $ref: '#/components/schemas/Count' } }
        - { name: list, in: query, schema: { type: array, items: { type: integer } } }
        - { name: nullable, in: query, schema: { type: [integer, 'null'] } }
        - { name: decimal, in: query, schema: { type: number } }
        - { name: text, in: query, schema: { type: [string, integer] } }
      responses:
        '200': { description: The query., content: { application/json: { schema: { type: object } } } }
`,
})
const echo: RequestHandler = (req, res) => void res.json(req.query)
const { http } = await createTestApp({ contract, mounted: { probes: { routes: { 'GET /probes': echo } as Routes } } })

const ofWhole = ['whole', 'referred', 'list', 'nullable'].flatMap((name) =>
  ['0x10', '1e1', '1.0', '%201', '1%20', '%2B1', '0b1'].map((text) => [name, text] as const),
)
const ofDecimal = ['0x10', '%201', '0b1', '1.', '.5', 'Infinity'].map((text) => ['decimal', text] as const)

test.each([...ofWhole, ...ofDecimal])('%s=%s is refused', async (name, text) => {
  const { status, body } = await http.get(`/probes?${name}=${text}`)

  expect(status).toBe(400)
  expect(body.errors).toMatchObject([{ in: 'query', pointer: `/${name}` }])
})

test.each([
  ['whole=-7', { whole: -7 }],
  ['referred=7', { referred: 7 }],
  ['list=7', { list: [7] }],
  ['list=7&list=8', { list: [7, 8] }],
  ['nullable=7', { nullable: 7 }],
  ['decimal=1.50', { decimal: 1.5 }],
  ['decimal=1e1', { decimal: 10 }],
  ['text=0x10', { text: '0x10' }],
])('%s is read', async (query, read) => {
  expect((await http.get(`/probes?${query}`)).body).toEqual(read)
})

test('each item of a list is a number', async () => {
  expect((await http.get('/probes?list=7&list=0x10')).status).toBe(400)
})
