// Validates requests against the contract. The validators are compiled once, at start.

import { Ajv2020, type ErrorObject, type Options } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Request, RequestHandler } from 'express'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import { badRequest } from '../problem.ts'
import type { Contract, Operation } from './contract.ts'

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
      const numbers = described.filter(isWholeNumber).map(({ name }) => nameOf(name))
      const valid = ofParameters.compile({
        type: 'object',
        required: described.filter(({ required }) => required).map(({ name }) => nameOf(name)),
        properties: Object.fromEntries(described.map(({ name, schema }) => [nameOf(name), rebase(schema)])),
      })
      return (req) => {
        const values = valuesIn(place, req)
        for (const name of numbers) checkDigits(place, name, values[name])
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

const isWholeNumber = ({ schema = {} }: OpenApi.ParameterObject) => 'type' in schema && schema.type === 'integer'

/** JavaScript, and therefore Ajv, would also accept 0x10, 1e1 and numbers with leading blanks. */
function checkDigits(place: Place, name: string, value: unknown) {
  if (typeof value !== 'string' || /^-?\d+$/.test(value)) return
  throw complaint(place, [{ instancePath: `/${name}`, message: 'must be integer' } as ErrorObject])
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
