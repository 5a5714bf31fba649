// The JSON that Cloud Foundry writes into VCAP_SERVICES, or with file-based-vcap-services into a file: label ->
// services.

import { readFileSync } from 'node:fs'
import { type BoundService, isObject } from './bound-service.ts'
import { complaint } from './error.ts'

/** Reads the file at `path` like `readDocument`. `source` is the variable that named it. */
export const readDocumentFile = (source: string, path: string): BoundService[] =>
  readDocument(source, readText(source, path))

/** @throws {BindingsError} unless `json` has the expected shape; an empty object is nothing bound. */
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

// A SyntaxError quotes what it could not parse, so neither its message nor itself as a cause may be passed on.
function parseObject(source: string, json: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(json)
    if (isObject(document)) return document
  } catch {}
  throw complaint(`${source} must hold a JSON object.`)
}

// The platform's `name` is the binding's name or else the instance's; documents written by hand may have none of them.
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
