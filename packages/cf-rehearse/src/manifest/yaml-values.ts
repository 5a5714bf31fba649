// What the platform makes of a plain value. The CLI reads YAML 1.1, where on is true and 010 is 8, and also the numbers of
// YAML 1.2.

import { CORE_SCHEMA, FAILSAFE_SCHEMA, loadAll, mergeTag, type Schema, YAML11_SCHEMA } from 'js-yaml'

export interface Reading {
  /** A scalar as the text that the application gets; lists and maps as JSON. */
  text: string
  /** Whether that is the text as it is written. */
  same: boolean
}

/** Loads a document three times: as it is written, by YAML 1.1, and by YAML 1.2. */
export function readAllWays(text: string) {
  const read = (schema: Schema) => loadAll(text, { schema, json: true })[0]
  return {
    written: read(FAILSAFE_SCHEMA.withTags(mergeTag)),
    yaml11: read(YAML11_SCHEMA),
    core: read(CORE_SCHEMA.withTags(mergeTag)),
  }
}

export type Ways = ReturnType<typeof readAllWays>

export function readValue({ written, yaml11, core }: Ways): Reading {
  if (typeof written !== 'string') return { text: JSON.stringify(written), same: false }
  const isDate = yaml11 instanceof Date
  const isSexagesimal = typeof yaml11 === 'number' && written.includes(':')
  const ambiguous = isDate || isSexagesimal
  const value = ambiguous ? written : typeof yaml11 === 'string' ? core : yaml11
  const text = value === null ? '' : String(value)
  return { text, same: text === written && !ambiguous }
}
