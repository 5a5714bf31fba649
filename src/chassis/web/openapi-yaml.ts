// The contract as YAML. Responses that were added are written into the text of the file, so that its comments and its
// layout are kept; a serializer would drop both.

import { isDeepStrictEqual } from 'node:util'
import { CORE_SCHEMA, dump, load, type State } from 'js-yaml'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import type { Contract } from './contract.ts'
import { missingResponses, type Responses } from './shared-responses.ts'

export function contractYaml({ source, document }: Contract): string {
  const text = insertResponses(source)
  // A style that is not expected here, such as an alias, costs the comments, and not the responses.
  return saysTheSame(text, document) ? text : toPlainYaml(document)
}

export const toPlainYaml = (document: object): string => dump(document, { lineWidth: -1, noRefs: true })

interface Span {
  start: number
  end: number
}

function insertResponses(source: string): string {
  const { document, spans } = locate(source)
  const insertions = missingResponses(document).flatMap(({ operation, responses }) => {
    const span = spans.get(operation.responses)
    return span ? [{ span, responses }] : []
  })
  // The last one first, so that the positions of the others stay right.
  insertions.sort((a, b) => b.span.start - a.span.start)
  return insertions.reduce((text, { span, responses }) => insertInto(text, span, responses), source)
}

/** Where in the text each mapping of the document is. */
function locate(source: string) {
  const spans = new Map<unknown, Span>()
  const open: number[] = []
  const listener = (event: string, { position, result }: State) => {
    if (event === 'open') open.push(position)
    else spans.set(result, { start: open.pop()!, end: position })
  }
  const document = load(source, { schema: CORE_SCHEMA, listener }) as OpenApi.Document
  return { document, spans }
}

const SPACE_AND_COMMENTS = /(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*/y
const TRAILING_SPACE_AND_COMMENTS = /(?:\r?\n[ \t]*(?:#.*)?)*$/

function insertInto(text: string, { start, end }: Span, responses: Responses): string {
  const entries = Object.entries(responses).map(([status, { $ref }]) => {
    return `${status === 'default' ? status : `'${status}'`}: { $ref: '${$ref}' }`
  })
  SPACE_AND_COMMENTS.lastIndex = start
  const first = start + SPACE_AND_COMMENTS.exec(text)![0].length
  if (text[first] === '{') return `${text.slice(0, first + 1)} ${entries.join(', ')}, ${text.slice(first + 1)}`

  const indentation = ' '.repeat(first - text.lastIndexOf('\n', first - 1) - 1)
  const last = end - TRAILING_SPACE_AND_COMMENTS.exec(text.slice(start, end))![0].length
  return text.slice(0, last) + entries.map((entry) => `\n${indentation}${entry}`).join('') + text.slice(last)
}

function saysTheSame(text: string, document: OpenApi.Document): boolean {
  try {
    return isDeepStrictEqual(load(text, { schema: CORE_SCHEMA }), document)
  } catch {
    return false
  }
}
