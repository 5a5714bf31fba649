// Reads the JSON that Cloud Foundry writes into VCAP_SERVICES, or into a file with file-based-vcap-services: a list of
// services per label.

import { readFileSync } from 'node:fs'
import { type BoundService, isObject } from './bound-service.ts'
import { complaint } from './error.ts'

/** Reads the file at `path` like `readDocument`. @param source the variable that names it */
export const readDocumentFile = (source: string, path: string): BoundService[] =>
  readDocument(source, readText(source, path))

/** @throws {BindingsError} unless `json` has the expected shape; an empty object means that nothing is bound */
export function readDocument(source: string, json: string): BoundService[] {
  return Object.entries(parseObject(source, json)).flatMap(([label, entries]) => {
    if (!Array.isArray(entries) || !entries.every(isObject)) {
      throw complaint(`${source} must map each label to a list of services.`)
    }
    return entries.map((entry) => readEntry(source, label, entry))
  })
}

function readText(source: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw complaint(`${source} must name a file that can be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}

// A SyntaxError quotes what it could not parse, so neither its message nor the error itself may be passed on.
function parseObject(source: string, json: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(json)
    if (isObject(document)) return document
  } catch {}
  throw complaint(`${source} must contain a JSON object.`)
}

// `name` is the name of the binding, or of the instance if it has none; documents written by hand may lack all names.
function readEntry(source: string, key: string, entry: Record<string, unknown>): BoundService {
  const [binding, name, instance, label, plan] = ['binding_name', 'name', 'instance_name', 'label', 'plan'].map(
    (field) => textOf(entry[field]),
  )
  return {
    name: binding ?? name ?? instance ?? key,
    ...(instance && { instanceName: instance }),
    label: label ?? key,
    ...(plan && { plan }),
    tags: Array.isArray(entry.tags) ? entry.tags.filter((tag) => typeof tag === 'string') : [],
    credentials: isObject(entry.credentials) ? entry.credentials : {},
    source,
  }
}

const textOf = (value: unknown) => (typeof value === 'string' && value) || undefined
