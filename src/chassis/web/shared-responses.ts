// Responses that the chassis itself gives are described once, under components.responses. `x-status` is the status of
// such a response, and `x-applies-to` names the operations that it is added to; without it any request may be answered
// so, also one for a path or a method that is not there.

import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'

export const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const

export type Responses = Record<string, OpenApi.ReferenceObject>

export interface Addition {
  path: string
  method: (typeof METHODS)[number]
  operation: OpenApi.OperationObject
  /** By status, references to the shared responses that the operation does not describe itself. */
  responses: Responses
}

type Shared = OpenApi.ResponseObject & { 'x-status'?: number | 'default'; 'x-applies-to'?: Scope }
type Scope = keyof typeof APPLIES
type Matches = (operation: OpenApi.OperationObject, path: OpenApi.PathItemObject) => boolean

const APPLIES = {
  every: () => true,
  body: ({ requestBody }) => requestBody !== undefined,
  input: ({ requestBody, parameters = [] }, path) =>
    requestBody !== undefined || parameters.length + (path.parameters ?? []).length > 0,
} satisfies Record<string, Matches>

/** What has to be added to a document as it is written, in the order of its operations. */
export function missingResponses({ paths, components }: OpenApi.Document): Addition[] {
  const shared = Object.entries((components?.responses ?? {}) as Record<string, Shared>)
  return Object.entries(paths ?? {}).flatMap(([path, item = {}]) =>
    METHODS.flatMap((method) => {
      const operation = item[method]
      if (!operation) return []
      const missing = shared.filter(([, { 'x-status': status, 'x-applies-to': scope }]) => {
        return status && scope && !operation.responses?.[status] && matches(scope, operation, item)
      })
      return {
        path,
        method,
        operation,
        responses: Object.fromEntries(missing.map(([name, response]) => [response['x-status'], refTo(name)])),
      }
    }),
  )
}

function matches(scope: Scope, ...of: Parameters<Matches>): boolean {
  const applies: Matches | undefined = APPLIES[scope]
  if (!applies) throw new Error(`openapi.yaml has x-applies-to: ${scope}; it knows ${Object.keys(APPLIES).join(', ')}.`)
  return applies(...of)
}

const refTo = (name: string) => ({ $ref: `#/components/responses/${name}` })

/** Whether the chassis gives this response, and tests it for every operation. */
export const isShared = (response: OpenApi.ResponseObject): boolean => 'x-status' in response
