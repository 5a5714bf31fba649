// Reads a folder per binding with a file per credential (servicebinding.io). If Cloud Foundry writes them, `type` and
// `provider` are both the label, and values that are not texts are JSON.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BoundService } from './bound-service.ts'
import { complaint } from './error.ts'

/** @param source the variable that names the folder @throws {BindingsError} if anything in it can't be read */
export function readFolders(source: string, root: string): BoundService[] {
  const names = reading(`${source} must name a folder that can be read`, () => entriesOf(root, 'isDirectory'))
  return names.map((name) =>
    reading(`The binding "${name}" in ${source} cannot be read`, () => readFolder(source, name, join(root, name))),
  )
}

function readFolder(source: string, name: string, folder: string): BoundService {
  const files = new Map(entriesOf(folder, 'isFile').map((key) => [key, readText(join(folder, key))]))
  const label = files.get('type') || files.get('provider')
  const [instanceName, plan] = [files.get('instance-name'), files.get('plan')]
  const tags = parsed(files.get('tags') ?? '[]')
  return {
    name,
    ...(instanceName && { instanceName }),
    ...(label && { label }),
    ...(plan && { plan }),
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
    credentials: Object.fromEntries(
      [...files].filter(isCredential).map(([key, text]) => [key, readCredential(key, text)]),
    ),
    source,
  }
}

// Added by Cloud Foundry. Its `name` overwrites a credential of that name, so it is never the name of a database.
const metadata = ['type', 'provider', 'name', 'label', 'plan', 'tags', 'binding-name', 'instance-name']
const isCredential = ([key]: [string, string]) => !metadata.includes(key)

// Only these can be lists or objects: a password may look like JSON, and must stay a text.
const structured = ['uris', 'hosts', 'hostnames', 'protocols', 'tls']
const readCredential = (key: string, text: string) => (structured.includes(key) ? parsed(text) : text)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

// Kubernetes keeps the files in `..data` and links to them, so that it can replace all of them atomically.
const entriesOf = (folder: string, wanted: 'isFile' | 'isDirectory') =>
  readdirSync(folder)
    .filter((entry) => !entry.startsWith('.') && statSync(join(folder, entry))[wanted]())
    .sort()

const readText = (path: string) => readFileSync(path, 'utf8').replace(/[\r\n]+$/, '')

function reading<T>(otherwise: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw complaint(`${otherwise} (${(error as NodeJS.ErrnoException).code}).`)
  }
}
