// What openapi.yaml may say and the chassis does not do. A contract that promises it is refused at start, and by
// `npm run check`: otherwise it would be documented and not enforced. schema-support.ts does the same for schemas.

import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import { DECODED_TYPES } from './decode.ts'
import type { Contract, Operation } from './operation.ts'
import { lookUp } from './reference.ts'
import { FORM_TYPE, schemaComplaints } from './schema-support.ts'

type Fields = Record<string, unknown>
/** By field, why it is refused. A field that is neither here nor among those known is not OpenAPI's. */
type Reasons = Record<string, string>

const AUTH = 'the chassis does not authenticate requests'
const SERVERS = 'all operations are served at the servers of the document'
const GIVEN_BY_CHASSIS = 'the chassis itself gives the response to this method'

const DOCUMENT: Reasons = {
  security: AUTH,
  webhooks: 'the chassis sends no requests',
  jsonSchemaDialect: 'schemas are read as JSON Schema 2020-12',
}
const PATH: Reasons = {
  $ref: 'a path is described in place',
  servers: SERVERS,
  head: GIVEN_BY_CHASSIS,
  options: GIVEN_BY_CHASSIS,
  trace: GIVEN_BY_CHASSIS,
}
const OPERATION: Reasons = { security: AUTH, servers: SERVERS, callbacks: 'the chassis sends no requests' }
const PARAMETER: Reasons = {
  content: 'a parameter is described by a schema',
  allowReserved: 'reserved characters are percent-encoded',
  allowEmptyValue: 'an empty value is validated like any other',
}
const MEDIA_TYPE: Reasons = { encoding: 'fields are decoded by the media type alone' }

const known = (names: string) => new Set(names.split(' '))
const DOCUMENT_FIELDS = known('openapi info servers paths components tags externalDocs security')
const PATH_FIELDS = known('summary description parameters get put post delete patch')
const OPERATION_FIELDS = known(
  'tags summary description externalDocs operationId parameters requestBody responses deprecated security',
)
const PARAMETER_FIELDS = known('name in description required deprecated style explode schema example examples')
const BODY_FIELDS = known('description content required')
const MEDIA_TYPE_FIELDS = known('schema example examples')

/** @throws {Error} with a sentence for each thing that the contract says and the chassis does not do */
export function requireSupport(contract: Contract) {
  const complaints = findUnsupported(contract)
  if (complaints.length > 0) throw new Error(complaints.join(' '))
}

/** @returns sentences that name operation and place, in the order of the document */
export function findUnsupported({ document, operations }: Contract): string[] {
  return [
    ...fieldComplaints('The document', document, { fields: DOCUMENT_FIELDS, reasons: DOCUMENT }),
    ...Object.entries(document.paths ?? {}).flatMap(([path, item]) => pathComplaints(path, item ?? {})),
    ...duplicates([...operations.values()], ({ path, method }) => `${method} ${shapeOf(path)}`, 'the path of'),
    ...duplicates([...operations.values()], ({ described }) => described.operationId, 'the operationId of'),
    ...[...operations.values()].flatMap((operation) => operationComplaints(document, operation)),
    ...referenceComplaints(document),
  ].map((complaint) => `openapi.yaml: ${complaint}.`)
}

/** Whether this looks like an extension of the chassis, which ignores those of other programs. */
const OURS = /^x[-_]?(raw|status|applies)/i

interface Support {
  fields: Set<string>
  reasons?: Reasons
  extensions?: string[]
}

function fieldComplaints(where: string, given: object, { fields, reasons = {}, extensions = [] }: Support): string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    if (isEmpty(value) && name in reasons) return []
    if (name in reasons) return `${where} has \`${name}\`, which is not supported: ${reasons[name]}`
    if (fields.has(name) || extensions.includes(name)) return []
    if (name.startsWith('x-') && !OURS.test(name)) return []
    return `${where} has \`${name}\`, which is not known there`
  })
}

/** What says no more than its absence does, such as `security: []`. */
const isEmpty = (value: unknown) =>
  value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

/** Express gives a meaning to other characters, or never finds them in a path, since clients percent-encode them. */
const PATH_TEMPLATE = /^(?:\/(?:[\w.~$&',;=@%-]|\{\w+\})*)+$/

function pathComplaints(path: string, item: OpenApi.PathItemObject): string[] {
  const support = { fields: PATH_FIELDS, reasons: PATH }
  const complaints = path.startsWith('x-') ? [] : fieldComplaints(`The path ${path}`, item, support)
  if (PATH_TEMPLATE.test(path) && !path.includes('}{')) return complaints
  return [
    ...complaints,
    `The path ${path} is not supported: it needs a leading slash, parameters like {orderId} with text between them, and ` +
      "otherwise only letters, digits and -._~$&',;=@%",
  ]
}

/** Paths of the same shape match the same requests; a trailing slash makes no difference. */
const shapeOf = (path: string) => path.replaceAll(/\{\w*\}/g, '{}').replace(/(.)\/$/, '$1')

function duplicates(operations: Operation[], keyOf: (operation: Operation) => string | undefined, what: string) {
  const first = new Map<string, string>()
  return operations.flatMap((operation) => {
    const key = keyOf(operation)
    if (key === undefined) return []
    const other = first.get(key)
    first.set(key, other ?? operation.key)
    return other === undefined ? [] : [`${operation.key} has ${what} ${other}`]
  })
}

function operationComplaints(document: OpenApi.Document, operation: Operation): string[] {
  const { key, path, parameters, described } = operation
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  const declared = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
  return [
    ...fieldComplaints(key, described, {
      fields: OPERATION_FIELDS,
      reasons: OPERATION,
      extensions: ['x-raw-body', 'x-body-limit'],
    }),
    ...names.filter((name) => !declared.includes(name)).map((name) => `${key} does not describe {${name}}`),
    ...declared
      .filter((name) => names.filter((each) => each === name).length !== 1)
      .map((name) => `${key} describes the path parameter ${name}, which its path does not have once`),
    ...parameters.flatMap((parameter) => parameterComplaints(document, key, parameter)),
    ...bodyComplaints(document, operation),
  ]
}

const DEFAULT_STYLES: Record<string, string> = { query: 'form', path: 'simple', header: 'simple' }
/** OpenAPI ignores parameters with these names. */
const OTHER_HEADERS = /^(accept|content-type|authorization)$/i

function parameterComplaints(document: OpenApi.Document, key: string, parameter: OpenApi.ParameterObject): string[] {
  const { name, in: place, style, explode = place === 'query', schema = {} } = parameter
  const where = `${key}, parameter ${name},`
  const types = schemaComplaints(document, where, schema)
  const refused = [
    !(place in DEFAULT_STYLES) && `is in: ${place}, which is not supported: path, query and header are`,
    style &&
      place in DEFAULT_STYLES &&
      style !== DEFAULT_STYLES[place] &&
      `has style: ${style}, which is not supported`,
    place === 'header' && OTHER_HEADERS.test(name) && 'is a header that OpenAPI describes elsewhere',
    types.mayBe('object') && 'is an object, which is not supported: use a parameter for each member',
    types.mayBe('array') && place !== 'query' && 'is an array, which is supported in the query only',
    types.mayBe('array') && !explode && 'has explode: false, which is not supported: the parameter is repeated',
  ]
  return [
    ...fieldComplaints(where, parameter, { fields: PARAMETER_FIELDS, reasons: PARAMETER }),
    ...refused.filter((reason) => typeof reason === 'string').map((reason) => `${where} ${reason}`),
    ...types.complaints,
  ]
}

function bodyComplaints(document: OpenApi.Document, { key, method, body, rawBody, described }: Operation): string[] {
  if (!body) return 'x-raw-body' in described ? [`${key} has \`x-raw-body\`, but no requestBody`] : []
  const flag = (described as Fields)['x-raw-body']
  return [
    ...(flag === undefined || typeof flag === 'boolean' ? [] : [`${key} has \`x-raw-body\`, which is true or false`]),
    ...(method === 'get' || method === 'delete'
      ? [`${key} has a requestBody, which is not supported: HTTP gives it no meaning, and proxies may drop it`]
      : []),
    ...fieldComplaints(`${key}, requestBody,`, body, { fields: BODY_FIELDS }),
    ...Object.entries(body.content).flatMap(([type, content]) => {
      const where = `${key}, body of type ${type},`
      const complaints = fieldComplaints(where, content, { fields: MEDIA_TYPE_FIELDS, reasons: MEDIA_TYPE })
      if (!/^[^\s*;A-Z]+$/.test(type))
        return [...complaints, `${where} is not one type in lower case without parameters`]
      if (rawBody) return complaints
      if (!DECODED_TYPES.includes(type))
        return [...complaints, `${where} can't be decoded: it needs \`x-raw-body: true\``]
      const types = schemaComplaints(document, where, content.schema ?? {}, { form: type === FORM_TYPE })
      return [...complaints, ...types.complaints]
    }),
  ]
}

/** References of responses, headers and schemas that no request needs; the others are followed above. */
function referenceComplaints(document: OpenApi.Document): string[] {
  const broken = new Set<string>()
  visit(document)
  return [...broken].map((reference) => `It refers to ${reference}, which does not exist in it`)

  function visit(value: unknown) {
    if (typeof value !== 'object' || value === null) return
    for (const [name, child] of Object.entries(value)) {
      if (name === '$ref' && typeof child === 'string') {
        if (lookUp(document, child) === undefined) broken.add(child)
      } else if (!/^(examples?|default|enum|const)$/.test(name)) visit(child)
    }
  }
}
