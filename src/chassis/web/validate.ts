// Validates requests against the contract. The validators are compiled once, at start.

import { Ajv2020, type ErrorObject, type Options } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Request, RequestHandler } from 'express'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import { badRequest } from '../problem.ts'
import { type Contract, type Operation, resolve } from './contract.ts'

type Place = 'path' | 'query' | 'header' | 'body'
type Check = (req: Request) => void

const OPTIONS: Options = {
  strict: false,
  // One error is enough for a response. With all errors, a hostile body could make validation take arbitrarily long.
  allErrors: false,
  useDefaults: true,
  // `npm run check` does it; here it would take a fifth of the time to start.
  validateSchema: false,
}

/** @returns a function from an operation to its middleware, which is undefined if there is nothing to validate */
export function createValidators({ document }: Contract): (operation: Operation) => RequestHandler | undefined {
  // Parameters are texts, and are coerced to the types in the contract. Bodies are not coerced.
  const ofParameters = createAjv({ ...OPTIONS, coerceTypes: 'array' })
  const ofBodies = createAjv(OPTIONS)

  return (operation) => {
    const checks = [...parameterChecks(operation), ...bodyChecks(operation)]
    if (checks.length === 0) return undefined
    return function validate(req, _res, next) {
      for (const check of checks) check(req)
      next()
    }
  }

  function createAjv(options: Options) {
    return formats.default(new Ajv2020(options).addSchema({ $id: 'openapi', ...document }))
  }

  function parameterChecks({ parameters }: Operation): Check[] {
    return (['path', 'query', 'header'] as const).flatMap((place) => {
      const described = parameters.filter((parameter) => parameter.in === place)
      if (described.length === 0) return []
      const nameOf = (name: string) => (place === 'header' ? name.toLowerCase() : name)
      const numerals = described.flatMap(({ name, schema = {} }) => {
        const numeral = numeralOf(document, schema)
        return numeral ? [{ name: nameOf(name), numeral }] : []
      })
      const valid = ofParameters.compile({
        type: 'object',
        required: described.filter(({ required }) => required).map(({ name }) => nameOf(name)),
        properties: Object.fromEntries(described.map(({ name, schema }) => [nameOf(name), rebase(schema)])),
      })
      return (req) => {
        const values = valuesIn(place, req)
        for (const { name, numeral } of numerals) checkNumerals(numeral, place, name, values[name])
        if (!valid(values)) throw complaint(place, valid.errors)
        // Express 5 parses the query each time it is read, so the coerced values would be lost.
        if (place === 'query') Object.defineProperty(req, 'query', { value: values })
      }
    })
  }

  function bodyChecks({ body, rawBody }: Operation): Check[] {
    if (!body || rawBody) return []
    const contents = Object.entries(body.content)
    const schemas = [...new Set(contents.map(([, { schema }]) => JSON.stringify(rebase(schema))))]
    const compiled = new Map(schemas.map((schema) => [schema, ofBodies.compile(JSON.parse(schema))]))
    const byType = new Map(contents.map(([type, { schema }]) => [type, compiled.get(JSON.stringify(rebase(schema)))!]))
    const [only] = compiled.values()
    return [
      (req) => {
        const valid = compiled.size === 1 ? only : byType.get(mediaTypeOf(req))
        if (valid && req.body !== undefined && !valid(req.body)) throw complaint('body', valid.errors)
      },
    ]
  }
}

/** The reader of the body has accepted it already. */
const mediaTypeOf = ({ headers }: Request) => headers['content-type']!.split(';', 1)[0]!.trim().toLowerCase()

interface Numeral {
  type: 'integer' | 'number'
  pattern: RegExp
}

/** How numbers are written. JavaScript, and therefore Ajv, would also accept 0x10, blanks, and 1e1 for a whole number. */
const INTEGER: Numeral = { type: 'integer', pattern: /^-?\d+$/ }
const NUMBER: Numeral = { type: 'number', pattern: /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i }

/** @returns undefined where the parameter, or an item of it, may be other than a number */
function numeralOf(document: OpenApi.Document, schema: object): Numeral | undefined {
  const described = resolve<OpenApi.SchemaObject>(document, schema)
  const types: unknown[] = [described.type].flat()
  if (types.includes('array') && 'items' in described) return numeralOf(document, described.items)
  if (types.includes('string')) return undefined
  return types.includes('number') ? NUMBER : types.includes('integer') ? INTEGER : undefined
}

function checkNumerals({ type, pattern }: Numeral, place: Place, name: string, value: unknown) {
  for (const text of [value].flat()) {
    if (typeof text !== 'string' || pattern.test(text)) continue
    throw complaint(place, [{ instancePath: `/${name}`, message: `must be ${type}` } as ErrorObject])
  }
}

function valuesIn(place: Exclude<Place, 'body'>, req: Request): Record<string, unknown> {
  if (place === 'path') return req.params
  return place === 'query' ? { ...req.query } : { ...req.headers }
}

/** Makes references within the document absolute, because the schema is compiled separately. */
function rebase(schema: object = {}): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/'))
}

function complaint(place: Place, errors: ErrorObject[] | null | undefined) {
  const [error] = errors ?? []
  const where = error?.instancePath ? `${place} at ${error.instancePath}` : place
  const extra = error?.keyword === 'additionalProperties' ? `: ${error.params.additionalProperty}` : ''
  return badRequest(`The ${where} does not match the contract: it ${error?.message}${extra}.`, {
    errors: errors?.map(({ instancePath, message }) => ({ in: place, pointer: instancePath, detail: message })),
  })
}
