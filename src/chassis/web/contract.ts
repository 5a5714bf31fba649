// openapi.yaml is the contract. It is read here, and its operations are listed by route key; validate.ts compiles their
// validators, and openapi-routes.ts serves the document.

import { readFileSync } from 'node:fs'
import { CORE_SCHEMA, load } from 'js-yaml'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import { METHODS, missingResponses } from './shared-responses.ts'

export interface Operation {
  /** `GET /orders/{orderId}` */
  key: string
  method: (typeof METHODS)[number]
  path: string
  parameters: OpenApi.ParameterObject[]
  /** Absent where the operation takes no body. */
  body?: OpenApi.RequestBodyObject
  /** `x-raw-body`: the handler gets the bytes as they came, and validates them itself. */
  rawBody: boolean
  /** `x-body-limit`: the largest body that the operation can need, in bytes. */
  bodyLimit: number
}

/** More than most schemas allow, and parsed in a few milliseconds. */
const DEFAULT_BODY_LIMIT = 100 * 1024

export interface Contract {
  /** The text of the file, with its comments. */
  source: string
  /** What the file describes, and in each operation the shared responses that apply to it. */
  document: OpenApi.Document
  operations: Map<string, Operation>
}

export const readContract = (file: URL): Contract => parseContract(readFileSync(file, 'utf8'))

/** @throws {Error} where the text is not an OpenAPI 3.1 document in YAML */
export function parseContract(source: string): Contract {
  const document = load(source, { schema: CORE_SCHEMA }) as OpenApi.Document
  if (!document?.openapi?.startsWith?.('3.1') || !document.paths) {
    throw new Error('openapi.yaml must be an OpenAPI 3.1 document with paths.')
  }
  for (const { operation, responses } of missingResponses(document)) {
    operation.responses = { ...operation.responses, ...responses }
  }
  const operations = Object.entries(document.paths).flatMap(([path, item]) => operationsOf(document, path, item ?? {}))
  return { source, document, operations: new Map(operations.map((operation) => [operation.key, operation])) }
}

function operationsOf(document: OpenApi.Document, path: string, item: OpenApi.PathItemObject): Operation[] {
  return METHODS.flatMap((method) => {
    const described = item[method]
    if (!described) return []
    const parameters = [...(item.parameters ?? []), ...(described.parameters ?? [])]
    return {
      key: `${method.toUpperCase()} ${path}`,
      method,
      path,
      parameters: parameters.map((parameter) => resolve<OpenApi.ParameterObject>(document, parameter)),
      ...(described.requestBody && { body: resolve<OpenApi.RequestBodyObject>(document, described.requestBody) }),
      rawBody: 'x-raw-body' in described && described['x-raw-body'] === true,
      bodyLimit: 'x-body-limit' in described ? bodyLimitOf(path, described['x-body-limit']) : DEFAULT_BODY_LIMIT,
    }
  })
}

function bodyLimitOf(path: string, given: unknown): number {
  if (Number.isSafeInteger(given) && Number(given) > 0) return Number(given)
  throw new Error(`openapi.yaml has x-body-limit: ${given} at ${path}; it must be a number of bytes.`)
}

/** Follows a reference within the document, as `#/components/parameters/Start`. */
export function resolve<T extends object>(document: OpenApi.Document, given: T | OpenApi.ReferenceObject): T {
  if (!('$ref' in given)) return given
  const steps = given.$ref.replace(/^#\//, '').split('/')
  const found = steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], document)
  if (!found) throw new Error(`openapi.yaml refers to ${given.$ref}, which does not exist.`)
  return resolve(document, found as T | OpenApi.ReferenceObject)
}
