// The contract as YAML. Responses that were added are written into the text of the file, so that its comments and its
// layout are kept; a serializer would drop both.

import { isDeepStrictEqual } from 'node:util'
import { CORE_SCHEMA, dump, EVENT_ID, type Event, getScalarValue, load, parseEvents } from 'js-yaml'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import type { Contract } from './contract.ts'
import { missingResponses, type Responses } from './shared-responses.ts'

export function contractYaml({ source, document }: Contract): string {
  const text = insertResponses(source)
  // A style that is not expected here, such as an alias, costs the comments, and not the responses.
  return saysTheSame(text, document) ? text : toPlainYaml(document)
}

export const toPlainYaml = (document: object): string => dump(document, { lineWidth: -1, noRefs: true })

interface Place {
  /** Where the key of the mapping ends. */
  keyEnd: number
  /** Where the mapping itself starts. */
  start: number
}

function insertResponses(source: string): string {
  const document = load(source, { schema: CORE_SCHEMA }) as OpenApi.Document
  const places = locate(source)
  const insertions = missingResponses(document).flatMap(({ path, method, responses }) => {
    const place = places.get(keyOf(['paths', path, method, 'responses']))
    return place ? [{ place, responses }] : []
  })
  // The last one first, so that the positions of the others stay right.
  insertions.sort((a, b) => b.place.start - a.place.start)
  return insertions.reduce((text, { place, responses }) => insertInto(text, place, responses), source)
}

const keyOf = (path: readonly string[]) => JSON.stringify(path)

/** Where in the text each mapping of the document is, by the keys that lead to it. */
function locate(source: string): Map<string, Place> {
  const places = new Map<string, Place>()
  const events = parseEvents(source, {}).values()
  const next = () => events.next().value as Event

  const visit = (event: Event, path: readonly string[], keyEnd: number) => {
    if (event.type === EVENT_ID.MAPPING) {
      places.set(keyOf(path), { keyEnd, start: event.start })
      for (let key = next(); key.type !== EVENT_ID.POP; key = next()) {
        if (key.type === EVENT_ID.SCALAR) {
          visit(next(), [...path, getScalarValue(source, key)], key.valueEnd)
        } else {
          visit(key, [...path, '?'], keyEnd)
          visit(next(), [...path, '?'], keyEnd)
        }
      }
    } else if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.DOCUMENT) {
      const isDocument = event.type === EVENT_ID.DOCUMENT
      for (let item = next(); item.type !== EVENT_ID.POP; item = next())
        visit(item, isDocument ? path : [...path, '-'], keyEnd)
    }
  }

  visit(next(), [], 0)
  return places
}

/** At the beginning of the mapping: before its first comment in block style, and after its brace in flow style. */
function insertInto(text: string, { keyEnd, start }: Place, responses: Responses): string {
  const entries = Object.entries(responses).map(([status, { $ref }]) => {
    return `${status === 'default' ? status : `'${status}'`}: { $ref: '${$ref}' }`
  })
  if (text[start] === '{') return `${text.slice(0, start + 1)} ${entries.join(', ')}, ${text.slice(start + 1)}`

  const indentation = ' '.repeat(start - text.lastIndexOf('\n', start - 1) - 1)
  const line = text.indexOf('\n', keyEnd) + 1
  return text.slice(0, line) + entries.map((entry) => `${indentation}${entry}\n`).join('') + text.slice(line)
}

function saysTheSame(text: string, document: OpenApi.Document): boolean {
  try {
    return isDeepStrictEqual(load(text, { schema: CORE_SCHEMA }), document)
  } catch {
    return false
  }
}
