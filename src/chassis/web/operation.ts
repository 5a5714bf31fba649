// The contract as the chassis uses it: its operations, by route key.

import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import type { METHODS } from './shared-responses.ts'

export interface Operation {
  /** `GET /orders/{orderId}` */
  key: string
  method: (typeof METHODS)[number]
  path: string
  /** As the document has it. */
  described: OpenApi.OperationObject
  parameters: OpenApi.ParameterObject[]
  /** Absent where the operation takes no body. */
  body?: OpenApi.RequestBodyObject
  /** `x-raw-body`: the handler gets the bytes as they came, and validates them itself. */
  rawBody: boolean
  /** `x-body-limit`: the largest body that the operation can need, in bytes. */
  bodyLimit: number
}

export interface Contract {
  /** The text of the file, with its comments. */
  source: string
  /** What the file describes, and in each operation the shared responses that apply to it. */
  document: OpenApi.Document
  operations: Map<string, Operation>
}
