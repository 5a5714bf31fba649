// Checks responses against openapi.yaml: the status must be documented, and headers and body must match. Every response
// that a test receives is checked here, and each pair of operation and status is recorded.

import assert from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import { type Contract, type Operation, readContract, resolve } from '../../src/chassis/web/contract.ts'
import { isShared } from '../../src/chassis/web/shared-responses.ts'
import { recordExercised } from './record.ts'

export interface Answer {
  method: string
  /** The path that was asked for, with or without a query. */
  path: string
  status: number
  headers: Headers
  /** The body as text; empty for a HEAD. */
  body: string
}

export type Conformance = (answer: Answer) => void

const CONTRACT = new URL('../../openapi.yaml', import.meta.url)

/** @returns a check that throws an AssertionError where an answer is not as the contract has it */
export function createConformance(contract: Contract = readContract(CONTRACT)): Conformance {
  const { document } = contract
  const ajv = formats.default(
    new Ajv2020({ strict: false, allErrors: true }).addSchema({ $id: 'openapi', ...document }),
  )
  const validators = new Map<object, ValidateFunction>()

  return function conform(answer) {
    const operation = operationFor(contract, answer)
    const own = operation && responseOf(document, operation, answer.status)
    const response = own ?? sharedResponse(document, answer.status)
    const asked = `${answer.method} ${answer.path}`
    assert(response, `${asked} was answered ${answer.status}, which openapi.yaml does not have.\n${answer.body}`)
    checkHeaders(response, answer, asked)
    checkBody(response, answer, asked)
    recordExercised(own && !isShared(own) ? operation.key : '*', answer.status)
  }

  function checkHeaders({ headers = {} }: OpenApi.ResponseObject, answer: Answer, asked: string) {
    for (const [name, described] of Object.entries(headers)) {
      const { required, schema } = resolve<OpenApi.HeaderObject>(document, described)
      const value = answer.headers.get(name)
      assert(value !== null || !required, `${asked} was answered ${answer.status} without ${name}.`)
      if (value !== null && schema) check(schema, value, `${name} of ${asked}`)
    }
  }

  function checkBody({ content }: OpenApi.ResponseObject, answer: Answer, asked: string) {
    if (answer.method === 'HEAD') return
    if (!content) return assert.equal(answer.body, '', `${asked} was answered ${answer.status} with a body.`)
    const type = answer.headers.get('content-type')?.split(';', 1)[0] ?? 'none'
    const { schema } = content[type] ?? {}
    assert(schema, `${asked} was answered ${answer.status} as ${type}; the contract has ${Object.keys(content)}.`)
    check(
      schema,
      /\bjson$/.test(type) ? JSON.parse(answer.body) : answer.body,
      `the body of ${asked}, ${answer.status},`,
    )
  }

  function check(schema: object, value: unknown, what: string) {
    let validate = validators.get(schema)
    if (!validate) {
      validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/')))
      validators.set(schema, validate)
    }
    assert(validate(value), `${what} is not as openapi.yaml has it: ${ajv.errorsText(validate.errors)}\n${value}`)
  }
}

/** What is asked with HEAD is what GET answers; a trailing slash makes no difference. */
function operationFor({ operations }: Contract, { method, path }: Answer): Operation | undefined {
  const wanted = (method === 'HEAD' ? 'GET' : method).toLowerCase()
  const [bare = ''] = path.split('?')
  return [...operations.values()].find((operation) => operation.method === wanted && pattern(operation.path).test(bare))
}

const pattern = (template: string) =>
  new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`)

function responseOf(document: OpenApi.Document, operation: Operation, status: number) {
  const described = document.paths?.[operation.path]?.[operation.method]?.responses?.[status]
  return described && resolve<OpenApi.ResponseObject>(document, described)
}

/** The responses that the chassis gives have an `x-status`. */
function sharedResponse(document: OpenApi.Document, status: number): OpenApi.ResponseObject | undefined {
  const shared = Object.values(document.components?.responses ?? {}) as (OpenApi.ResponseObject & {
    'x-status'?: number
  })[]
  return shared.find((response) => response['x-status'] === status)
}
