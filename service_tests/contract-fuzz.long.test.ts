// Requests made from the contract itself: for every operation valid, nearly valid and hostile ones. Whatever comes, the
// response is one that the contract documents, and never an unexpected error; valid input is not refused, and invalid
// input is not accepted. A feature that is added to the contract is covered without a change here.
//
// FUZZ_RUNS is the number of requests per operation. The seed is in the title of the first test; FUZZ_SEED repeats it.

import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import { expect, test } from 'vitest'
import type { Operation } from '../src/chassis/web/contract.ts'
import { features } from '../src/features/index.ts'
import { contract, createTestApp } from '../tests/app.ts'

const RUNS = Number(process.env.FUZZ_RUNS ?? 50)
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))

interface Part {
  text: string
  valid: boolean
}

interface Body extends Part {
  type: string
}

interface FuzzRequest {
  path: string
  headers: Record<string, string>
  body: Body | undefined
  /** Undefined where the contract can't tell, because the handler validates the bytes itself. */
  valid: boolean | undefined
}

const ajv = formats.default(new Ajv2020({ strict: false }).addSchema({ $id: 'openapi', ...contract.document }))
const { http } = await createTestApp({ features, env: { LOG_LEVEL: 'fatal' } })
const operations = [...contract.operations.values()]

test(`the contract has operations to test, with FUZZ_SEED=${SEED}`, () => {
  expect(operations.length).toBeGreaterThan(5)
})

test.each(operations.map((operation) => [operation.key, operation] as const))('%s', async (_key, operation) => {
  await fc.assert(
    fc.asyncProperty(requestFor(operation), async (request) => {
      const response = await send(operation, request)
      const { status } = response
      const shown = `${operation.method} ${request.path} ${request.body?.type} ${request.body?.text.slice(0, 200)}`

      if (status === 503) expect(response.headers['retry-after'], shown).toMatch(/^\d+$/)
      else expect(status, shown).toBeLessThan(500)
      if (request.valid === true) expect(response.body.errors, shown).toBeUndefined()
      if (request.valid === false) expect(status, shown).toBeGreaterThanOrEqual(400)
      if (status === 201) await follow(operation, String(response.headers.location))
    }),
    { numRuns: RUNS, seed: SEED },
  )
})

/** A resource that was created can be read where its Location says, and deleted, if there are such operations. */
async function follow({ path }: Operation, location: string) {
  const url = new URL(location, `http://service${path}`).pathname
  const has = (wanted: string) => operations.some(({ method, path: each }) => method === wanted && isAt(each, url))
  if (has('get')) expect((await http.get(url)).status).toBe(200)
  if (has('delete')) expect((await http.delete(url)).status).toBeLessThan(500)
}

const isAt = (path: string, url: string) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(url)

/** Every response is checked against the contract by the client of the test app. */
function send({ method }: Operation, { path, headers, body }: FuzzRequest) {
  const request = http[method](path).redirects(0).set(headers)
  return body ? request.set('content-type', body.type).send(body.text) : request
}

function requestFor(operation: Operation): fc.Arbitrary<FuzzRequest> {
  const described = (place: string) => operation.parameters.filter((parameter) => parameter.in === place)
  const headers = fc.record(
    Object.fromEntries(described('header').map((parameter) => [parameter.name, headerOf(parameter)])),
  )
  const inPath = fc.record(
    Object.fromEntries(described('path').map((parameter) => [parameter.name, parameterOf(parameter)])),
  )

  return fc
    .record({ path: inPath, query: queryOf(described('query')), headers, body: bodyOf(operation) })
    .map(({ path, query, headers, body }) => {
      const filled = operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name]!.text))
      const parts = [...Object.values(path), query, ...Object.values(headers), ...(body ? [body] : [])]
      const given = Object.entries(headers).map(([name, { text }]) => [name, text])
      return {
        path: filled + (query.text && `?${query.text}`),
        headers: Object.fromEntries(given),
        body,
        valid: operation.rawBody ? undefined : parts.every((part) => part.valid),
      }
    })
}

/** Always given, in visible ASCII, which is all that a header can carry unchanged. */
const headerOf = (parameter: OpenApi.ParameterObject) =>
  parameterOf(parameter).filter(({ text }) => /^[!-~]{1,200}$/.test(text))

const absent: fc.Arbitrary<undefined> = fc.constant(undefined)

/** Each parameter may be absent, or given once; parameters that the operation does not have are ignored. */
function queryOf(parameters: OpenApi.ParameterObject[]): fc.Arbitrary<Part> {
  const each = parameters.map((parameter) =>
    fc
      .oneof({ weight: 3, arbitrary: absent }, { weight: 2, arbitrary: parameterOf(parameter) })
      .map((part) => ({ parameter, part })),
  )
  const unknown = fc.constantFrom('', 'unknown=1', 'a[b]=c&a=1', '__proto__=1', '%F0%9F%98%80=%00')
  return fc.tuple(fc.tuple(...each), unknown).map(([given, rest]) => {
    const pairs = given.flatMap(({ parameter, part }) =>
      part ? [`${encodeURIComponent(parameter.name)}=${encodeURIComponent(part.text)}`] : [],
    )
    const valid = given.every(({ parameter, part }) => part?.valid ?? !parameter.required)
    return { text: [...pairs, ...(rest ? [rest] : [])].join('&'), valid }
  })
}

const HOSTILE = ['null', 'true', '%', '\0', '\u202e', '💩', "' or 1=1 --", 'x'.repeat(3000)]

/** JavaScript takes each of these for a number. */
const NUMERIC = ['0x10', '1e1', ' 1', '1 ', '+1', '1.0', '0b1', '-0', '01']

/** Mostly values that fit, so that a request seldom has more than one that doesn't. */
function parameterOf({ schema = {}, example }: OpenApi.ParameterObject): fc.Arbitrary<Part> {
  const described = deref(schema)
  const single = described.type === 'array' ? deref(described.items) : described
  const { minimum = 0, maximum = 100 } = single
  const numbers = [minimum - 1, minimum, maximum, maximum + 1].map(String)
  const fitting = [example, described.default, ...(single.enum ?? [])].flat().filter((value) => value !== undefined)
  const isNumber = single.type === 'integer' || single.type === 'number'
  return fc
    .oneof(
      ...(fitting.length > 0 ? [{ weight: 4, arbitrary: fc.constantFrom(...fitting.map(String)) }] : []),
      { weight: isNumber ? 4 : 1, arbitrary: fc.constantFrom(...numbers, ...NUMERIC) },
      { weight: isNumber ? 1 : 4, arbitrary: fc.uuid({ version: 7 }) },
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 50 }),
    )
    .filter((text) => text.isWellFormed() && text !== '.' && text !== '..')
    .map((text) => ({ text, valid: conforms(schema, readText(described, text)) }))
}

/** Parameters come as text: a whole number has digits alone. @returns the text itself where it is of no other type */
function readText(schema: OpenApi.SchemaObject, text: string): unknown {
  if (schema.type === 'array') return [readText(deref(schema.items), text)]
  if (schema.type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  const numeral = { integer: /^-?\d+$/, number: /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i }[String(schema.type)]
  return numeral?.test(text) ? Number(text) : text
}

function bodyOf({ body, rawBody }: Operation): fc.Arbitrary<Body | undefined> {
  if (!body) return fc.constant(undefined)
  const [type = '', content] = Object.entries(body.content)[0] ?? []
  const schema = deref(content?.schema ?? {})
  const isJson = /\bjson$/.test(type)
  const valuesOfSchema = candidateFor(schema, 3)
    .filter(isWellFormed)
    .map((value) => ({ type, text: JSON.stringify(value), valid: isJson && conforms(content?.schema ?? {}, value) }))
  const texts = fc
    .constantFrom('', '{', '[]', 'null', '"text"', '{"a":1,"a":2}', '\ufeff{}', '['.repeat(5000), '{"a":'.repeat(5000))
    .map((text) => ({ type, text, valid: false }))
  const types = fc
    .constantFrom('text/plain', 'application/xml', `${type}; charset=latin1`, 'nonsense', 'application/json;;=')
    .map((other) => ({ type: other, text: '{}', valid: false }))
  const candidates = fc.oneof({ weight: 6, arbitrary: valuesOfSchema }, texts, types)
  return rawBody || body.required ? candidates : fc.oneof({ weight: 5, arbitrary: candidates }, absent)
}

const isWellFormed = (value: unknown) => !/\\ud[89a-f]/i.test(JSON.stringify(value) ?? '')

/** Values that fit the schema, and values that fit it nearly. @param depth of the schema that is followed */
function candidateFor(given: object, depth: number): fc.Arbitrary<unknown> {
  const schema = deref(given)
  const anything = fc.jsonValue({ maxDepth: 2 })
  if (depth === 0) return anything
  return fc.oneof({ weight: 8, arbitrary: fitting(schema, depth) }, anything)
}

function fitting(schema: OpenApi.SchemaObject, depth: number): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.type === 'object') return objectOf(schema, depth)
  if (schema.type === 'array') {
    return fc.array(candidateFor('items' in schema ? schema.items : {}, depth - 1), { maxLength: 3 })
  }
  if (schema.type === 'integer' || schema.type === 'number') {
    return fc.oneof(fc.integer(), fc.constantFrom((schema.minimum ?? 0) - 1, schema.minimum ?? 0, schema.maximum ?? 1))
  }
  if (schema.type === 'boolean') return fc.boolean()
  if (schema.type === 'string') return textOf(schema)
  return fc.jsonValue({ maxDepth: 2 })
}

function objectOf({ properties = {}, required = [] }: OpenApi.SchemaObject, depth: number): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, each]) => [name, candidateFor(each, depth - 1)]),
  )
  const complete = fc.record(members, { requiredKeys: required.filter((name) => name in members) })
  const partial = fc.record(members, { requiredKeys: [] })
  const extended = complete.map((value) => ({ ...(value as object), unknown: 1 }))
  return fc.oneof({ weight: 4, arbitrary: complete }, partial, extended)
}

/** With lengths at the limits. */
function textOf({ minLength = 0, maxLength = 20 }: OpenApi.SchemaObject): fc.Arbitrary<string> {
  const lengths = [minLength - 1, minLength, maxLength, maxLength + 1].filter(
    (length) => length >= 0 && length < 20_000,
  )
  return fc.oneof(
    fc.string({ unit: 'binary', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 50)) }),
    fc.constantFrom(...lengths).map((length) => 'é'.repeat(length)),
    fc.constantFrom(...HOSTILE, ...NUMERIC),
  )
}

function conforms(schema: object, value: unknown): boolean {
  return ajv.validate(JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/')), value)
}

function deref(schema: object): OpenApi.SchemaObject {
  if (!('$ref' in schema)) return schema
  const steps = String(schema.$ref).replace('#/', '').split('/')
  const found = steps.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], contract.document)
  return deref(found as object)
}
