// What schemas of requests may say and Ajv does not enforce. It ignores keywords and formats that it does not know, and
// the fields that OpenAPI adds to JSON Schema. Schemas of responses may have them, since they only document.

import formats from 'ajv-formats'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import { lookUp } from './reference.ts'

type Schema = Record<string, unknown>

export const FORM_TYPE = 'application/x-www-form-urlencoded'

const REASONS: Record<string, string> = {
  readOnly: 'describe what a request may have in a schema of its own',
  writeOnly: 'describe what a response may have in a schema of its own',
  discriminator: 'use oneOf, with a const in each schema',
  nullable: "use type: [string, 'null']",
}

const words = (text: string) => text.trim().split(/\s+/)

/** By the way they hold schemas: one, a list of them, or by name. */
const ONE = words(`items contains additionalProperties unevaluatedProperties unevaluatedItems propertyNames not if then
  else`)
const LISTS = words('allOf anyOf oneOf prefixItems')
const NAMED = words('properties patternProperties dependentSchemas $defs')
const OTHERS =
  words(`$ref $comment type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength
  minLength pattern maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required
  dependentRequired title description default deprecated examples example externalDocs xml format contentEncoding
  contentMediaType contentSchema`)
const KEYWORDS = new Set([...ONE, ...LISTS, ...NAMED, ...OTHERS])

export interface Examined {
  complaints: string[]
  /** Whether a value of this type can match. False where the schema does not name types. */
  mayBe(type: string): boolean
}

/** @param where what to call the place of the schema, as the beginning of a sentence */
export function schemaComplaints(
  document: OpenApi.Document,
  where: string,
  schema: object,
  { form = false }: { form?: boolean } = {},
): Examined {
  const complaints: string[] = []
  const seen = new Set<unknown>()
  visit(schema, '')
  if (form) requireText(followed(schema))
  return { complaints, mayBe: (type) => namedTypes(schema).includes(type) }

  function visit(value: unknown, at: string) {
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    const given = value as Schema
    for (const [name, found] of Object.entries(given)) checkKeyword(name, found, at)
    if (typeof given.$ref === 'string') visit(lookUp(document, given.$ref), at)
    for (const name of ONE) visit(given[name], `${at}/${name}`)
    for (const name of [...LISTS, ...NAMED]) {
      for (const [key, child] of Object.entries(given[name] ?? {})) visit(child, `${at}/${name}/${key}`)
    }
  }

  function checkKeyword(name: string, value: unknown, at: string) {
    const refuse = (reason: string) => complaints.push(`${where} has ${reason}${at && ` at ${at}`}`)
    if (name in REASONS) {
      if (value !== false) refuse(`\`${name}\`, which is not supported: ${REASONS[name]},`)
    } else if (!KEYWORDS.has(name) && !name.startsWith('x-')) refuse(`the keyword \`${name}\`, which is not supported,`)
    else if (name === 'format' && !isFormat(value)) refuse(`the unknown format ${value}`)
    else if (name === 'pattern') checkPattern(value, refuse)
    else if (name === 'patternProperties') for (const each of Object.keys(value as object)) checkPattern(each, refuse)
  }

  /** A field of a form is text, and is not converted. */
  function requireText({ properties = {} }: Schema) {
    for (const [name, property] of Object.entries(properties as Record<string, object>)) {
      const types = namedTypes(property)
      if (types.length === 0 || types.includes('string')) continue
      complaints.push(`${where} has the field ${name}, which can't be of type ${types}: fields of a form are text`)
    }
  }

  function namedTypes(given: object): string[] {
    const { type } = followed(given)
    return type === undefined ? [] : [type].flat().map(String)
  }

  function followed(given: object, depth = 0): Schema {
    const found = '$ref' in given && depth < 10 ? lookUp(document, String(given.$ref)) : undefined
    return found ? { ...followed(found, depth + 1), ...given } : (given as Schema)
  }
}

const isFormat = (name: unknown) => {
  try {
    return formats.default.get(name as Parameters<typeof formats.default.get>[0]) !== undefined
  } catch {
    return false
  }
}

function checkPattern(pattern: unknown, refuse: (reason: string) => void) {
  try {
    new RegExp(String(pattern), 'u')
  } catch {
    refuse(`the pattern ${pattern}, which is not a regular expression,`)
  }
}
