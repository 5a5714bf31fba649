// The cost of validating a request against the contract: the middleware of an operation, called with requests as
// Express passes them.

import type { Request, Response } from 'express'
import { parseContract } from '../../../src/chassis/web/contract.ts'
import { createValidators } from '../../../src/chassis/web/validate.ts'
import { callsPerSecond } from './in-process.ts'

const CONTRACT = `
openapi: 3.1.0
info: { title: orders, version: 1.0.0 }
paths:
  /orders/{orderId}:
    put:
      parameters:
        - { name: orderId, in: path, required: true, schema: { type: string, format: uuid } }
        - { name: notify, in: query, schema: { type: boolean, default: false } }
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }
      requestBody:
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Order' }
      responses: { '204': { description: Replaced. } }
components:
  schemas:
    Order:
      type: object
      required: [customer, lines]
      additionalProperties: false
      properties:
        customer: { type: string, minLength: 1, maxLength: 200 }
        placedAt: { type: string, format: date-time }
        lines:
          type: array
          maxItems: 100
          items:
            type: object
            required: [article, quantity]
            properties:
              article: { type: string, pattern: '^[A-Z]{2}-[0-9]{4}$' }
              quantity: { type: integer, minimum: 1 }
`

const BODY = {
  customer: 'Ada Lovelace',
  placedAt: '2026-01-02T03:04:05Z',
  lines: [
    { article: 'AB-1234', quantity: 1 },
    { article: 'CD-5678', quantity: 20 },
  ],
}

/** @returns microseconds a request: path, query and body */
export function measureValidation(inProcessMs: number): number {
  const contract = parseContract(CONTRACT)
  const validate = createValidators(contract)(contract.operations.get('PUT /orders/{orderId}')!)!
  const request = () => ({
    params: { orderId: '1eb7a04c-04ec-4237-8ae0-d6a364580952' },
    query: { notify: 'true', limit: '20' },
    headers: {},
    body: BODY,
  })
  const response = {} as Response
  const next = () => {}

  const calls = callsPerSecond(
    { validate: () => validate(request() as unknown as Request, response, next) },
    inProcessMs,
  )
  return 1e6 / calls.validate
}
