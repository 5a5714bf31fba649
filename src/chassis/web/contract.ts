// openapi.yaml is the contract. It is read here, and its operations are listed by route key; validate.ts compiles their
// validators, and openapi-routes.ts serves the document.

import { readFileSync } from 'node:fs'
import { CORE_SCHEMA, load } from 'js-yaml'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import { requireSupport } from './contract-support.ts'
import type { Contract, Operation } from './operation.ts'
import { lookUp } from './reference.ts'
import { METHODS, missingResponses } from './shared-responses.ts'

export type { Contract, Operation }

/** More than most schemas allow, and parsed in a few milliseconds. */
const DEFAULT_BODY_LIMIT = 100 * 1024

export const readContract = (file: URL): Contract => parseContract(readFileSync(file, 'utf8'))

/** @throws {Error} where the text is not an OpenAPI 3.1 document in YAML, or says what the chassis does not do */
export function parseContract(source: string): Contract {
  const document = readYaml(source)
  if (!document?.openapi?.startsWith?.('3.1') || !document.paths) {
    throw new Error('openapi.yaml must be an OpenAPI 3.1 document with paths.')
  }
  for (const { operation, responses } of missingResponses(document)) {
    operation.responses = { ...operation.responses, ...responses }
  }
  const operations = Object.entries(document.paths)
    .flatMap(([path, item]) => operationsOf(document, path, item ?? {}))
    .sort((a, b) => comparePaths(a.path, b.path))
  const contract = { source, document, operations: new Map(operations.map((operation) => [operation.key, operation])) }
  requireSupport(contract)
  return contract
}

/** A literal segment matches before a parameter, wherever it is in the document. */
function comparePaths(a: string, b: string): number {
  const [ranksOfA, ranksOfB] = [a, b].map((path) =>
    path.replaceAll(/\/[^/{]*\{[^/]*/g, '/~').replaceAll(/\/[^/~]+/g, '/!'),
  )
  return ranksOfA! < ranksOfB! ? -1 : Number(ranksOfA! > ranksOfB!)
}

function readYaml(source: string): OpenApi.Document {
  try {
    return load(source, { schema: CORE_SCHEMA }) as OpenApi.Document
  } catch (cause) {
    throw new Error(`openapi.yaml must be an OpenAPI 3.1 document in YAML: ${(cause as Error).message}`, { cause })
  }
}

function operationsOf(document: OpenApi.Document, path: string, item: OpenApi.PathItemObject): Operation[] {
  return METHODS.flatMap((method) => {
    const described = item[method]
    if (!described) return []
    const parameters = [...(item.parameters ?? []), ...(described.parameters ?? [])].map((parameter) =>
      resolve<OpenApi.ParameterObject>(document, parameter),
    )
    return {
      key: `${method.toUpperCase()} ${path}`,
      method,
      path,
      described,
      // A parameter of the operation replaces that of the path.
      parameters: [
        ...new Map(parameters.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter])).values(),
      ],
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
  const found = lookUp(document, given.$ref)
  if (!found) throw new Error(`openapi.yaml refers to ${given.$ref}, which does not exist.`)
  return resolve(document, found as T | OpenApi.ReferenceObject)
}
