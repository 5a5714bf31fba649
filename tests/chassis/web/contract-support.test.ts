// What the contract says and the chassis does not do is refused at start; what it does is served.

import { expect, test } from 'vitest'
import { parseContract } from '../../../src/chassis/web/contract.ts'

const parse =
  (paths: string, rest = '') =>
  () =>
    parseContract(`openapi: 3.1.0\ninfo: { title: a, version: '1' }\n${rest}\npaths:\n  ${paths}\n`)

const OK = "responses: { '200': { description: OK } }"
const get = (fields: string, path = '/a') => `${path}: { get: { ${fields}, ${OK} } }`
const query = (fields: string) => get(`parameters: [{ name: q, in: query, ${fields} }]`)
const post = (content: string) => `/a: { post: { requestBody: { content: { ${content} } }, ${OK} } }`
const json = (schema: string) => post(`application/json: { schema: ${schema} }`)

test.each([
  [
    get('security: [{ basic: [] }]'),
    'GET /a has `security`, which is not supported: the chassis does not authenticate',
  ],
  [get('servers: [{ url: /v1 }]'), 'GET /a has `servers`'],
  [get("callbacks: { done: { '{$url}': {} } }"), 'GET /a has `callbacks`'],
  [get('x-raw-bodies: true'), 'GET /a has `x-raw-bodies`, which is not known there'],
  [get('x-raw-body: true'), 'GET /a has `x-raw-body`, but no requestBody'],
  [get('parameter: []'), 'GET /a has `parameter`, which is not known there'],
  [`/a: { servers: [{ url: /v1 }], get: { ${OK} } }`, 'The path /a has `servers`'],
  [`/a: { head: { ${OK} } }`, 'The path /a has `head`'],
  [`/a: { options: { ${OK} } }`, 'The path /a has `options`'],
  [`/a: { trace: { ${OK} } }`, 'The path /a has `trace`'],
  ["/a: { $ref: '#/paths/~1b' }", 'The path /a has `$ref`'],
  [`/a/*: { get: { ${OK} } }`, 'The path /a/* is not supported'],
  [`/é: { get: { ${OK} } }`, 'The path /é is not supported'],
  [get('summary: A', '/a/{b}'), 'GET /a/{b} does not describe {b}'],
  [get('parameters: [{ name: b, in: path, required: true }]'), 'GET /a describes the path parameter b'],
  [get('parameters: [{ name: q, in: cookie }]'), 'GET /a, parameter q, is in: cookie'],
  [get('parameters: [{ name: Accept, in: header }]'), 'GET /a, parameter Accept, is a header'],
  [get('parameters: [{ name: X-A, in: header, schema: { type: array } }]'), 'parameter X-A, is an array'],
  [query('content: { application/json: {} }, required: false'), 'GET /a, parameter q, has `content`'],
  [query('allowReserved: true'), 'GET /a, parameter q, has `allowReserved`'],
  [query('allowEmptyValue: true'), 'GET /a, parameter q, has `allowEmptyValue`'],
  [query('style: spaceDelimited'), 'GET /a, parameter q, has style: spaceDelimited'],
  [query('style: pipeDelimited'), 'GET /a, parameter q, has style: pipeDelimited'],
  [query('style: deepObject'), 'GET /a, parameter q, has style: deepObject'],
  [query('explode: false, schema: { type: array }'), 'GET /a, parameter q, has explode: false'],
  [query('schema: { type: object }'), 'GET /a, parameter q, is an object'],
  [query('schema: { format: colour }'), 'GET /a, parameter q, has the unknown format colour'],
  [query("schema: { pattern: '[' }"), 'GET /a, parameter q, has the pattern [, which is not a regular expression'],
  [query("schema: { $ref: '#/components/schemas/No' }"), 'It refers to #/components/schemas/No'],
  [query('schema: { $ref: https://example.org/a }'), 'It refers to https://example.org/a'],
  [get('requestBody: { content: {} }'), 'GET /a has a requestBody'],
  [`/a: { delete: { requestBody: { content: {} }, ${OK} } }`, 'DELETE /a has a requestBody'],
  [post("'text/*': {}"), 'POST /a, body of type text/*, is not one type'],
  [post('text/csv: {}'), "POST /a, body of type text/csv, can't be decoded"],
  [post('application/json: { encoding: { a: {} } }'), 'POST /a, body of type application/json, has `encoding`'],
  [json('{ properties: { id: { readOnly: true } } }'), '`readOnly`, which is not supported'],
  [json('{ items: { writeOnly: true } }'), 'has `writeOnly`'],
  [json('{ allOf: [{ discriminator: { propertyName: kind } }] }'), 'has `discriminator`'],
  [
    json('{ properties: { a: { maxlength: 3 } } }'),
    'has the keyword `maxlength`, which is not supported, at /properties/a',
  ],
  [json('{ type: string, nullable: true }'), 'has `nullable`'],
  [
    post('application/x-www-form-urlencoded: { schema: { properties: { count: { type: integer } } } }'),
    "has the field count, which can't be of type integer: fields of a form are text",
  ],
])('%s is refused', (paths, sentence) => {
  expect(parse(paths)).toThrow(/^openapi\.yaml: .*\.$/)
  expect(parse(paths)).toThrow(sentence)
})

test.each([
  ['security: [{ basic: [] }]', 'The document has `security`'],
  ['webhooks: { done: {} }', 'The document has `webhooks`'],
  ['jsonSchemaDialect: https://example.org/', 'The document has `jsonSchemaDialect`'],
  ['component: {}', 'The document has `component`, which is not known there'],
])('the document with %s is refused', (rest, sentence) => {
  expect(parse(get('security: []'), rest)).toThrow(sentence)
})

test('operations must not share an operationId, nor the shape of their paths', () => {
  const named = (path: string, id: string) =>
    get(`operationId: ${id}, parameters: [{ name: ${/\{(\w+)\}/.exec(path)![1]}, in: path }]`, path)

  expect(parse(`${named('/a/{b}', 'x')}\n  ${named('/b/{c}', 'x')}`)).toThrow(
    'GET /b/{c} has the operationId of GET /a/{b}',
  )
  expect(parse(`${named('/a/{b}', 'x')}\n  ${named('/a/{c}', 'y')}`)).toThrow('GET /a/{c} has the path of GET /a/{b}')
  expect(parse(`${named('/a/{b}', 'x')}\n  ${named('/a/{c}/', 'y')}`)).toThrow('has the path of')
})

test('a response may say what only documents', () => {
  const schema = '{ properties: { id: { readOnly: true, format: colour } } }'

  const paths = `/a: { get: { security: [], x-other: 1, responses: { '200': { description: OK, content: { application/json: { schema: ${schema} } } } } } }`

  expect(parse(paths, 'security: []')).not.toThrow()
})

test('a schema that refers to itself is supported', () => {
  const components = "components: { schemas: { Tree: { items: { $ref: '#/components/schemas/Tree' } } } }"

  expect(parse(json("{ $ref: '#/components/schemas/Tree' }"), components)).not.toThrow()
})

test('a parameter of an operation replaces that of its path', () => {
  const paths = `/a: { parameters: [{ name: q, in: query, required: true }], get: { parameters: [{ name: q, in: query }], ${OK} } }`

  expect(parse(paths)().operations.get('GET /a')?.parameters).toEqual([{ name: 'q', in: 'query' }])
})

test('a literal path comes before one with a parameter', () => {
  const paths = `${get('parameters: [{ name: id, in: path }]', '/a/{id}')}\n  ${get('summary: New', '/a/new')}`

  expect([...parse(paths)().operations.keys()]).toEqual(['GET /a/new', 'GET /a/{id}'])
})
