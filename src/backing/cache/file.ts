// A cache in files, which the processes of one machine share and which survives restarts. File names are hashes, so no
// key can escape the folder. Files are written aside, then renamed or linked into place, so none is read half-written.

import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createCircuitBreaker } from '../circuit-breaker.ts'
import type { OutageLog } from '../outage-log.ts'
import { type Bounds, createPruner, ENTRY, TEMPORARY } from './prune.ts'
import type { CacheStore } from './store.ts'

export interface FileStoreOptions extends Bounds {
  timeoutMs: number
  outages: OutageLog
}

export function createFileStore(folder: string, { timeoutMs, outages, ...bounds }: FileStoreOptions): CacheStore {
  const prune = createPruner(folder, bounds)
  const entryFile = (key: string) => join(folder, `${hash(key)}${ENTRY}`)
  const generationFile = (scope: string) => join(folder, `${hash(scope)}.generation`)
  const writes = new Set<Promise<void>>()
  let closed = false

  return {
    name: 'file',
    breaker: createCircuitBreaker({ timeoutMs, outages }),

    async read(scope, key) {
      const [generation, entry] = await Promise.all([readText(generationFile(scope)), readText(entryFile(key))])
      return { generation, entry }
    },

    async write(key, entry, ttlMs) {
      if (closed || Buffer.byteLength(entry) > bounds.maxBytes) return
      const writing = put(entryFile(key), entry, ttlMs)
      writes.add(writing)
      await writing.finally(() => writes.delete(writing))
    },

    async begin(scope, generation) {
      const temporary = await writeAside(generationFile(scope), generation)
      const begun = await link(temporary, generationFile(scope)).then(() => true, ignoreExisting)
      await rm(temporary)
      return begun
    },

    async replace(scope, generation) {
      await rename(await writeAside(generationFile(scope), generation), generationFile(scope))
    },

    // A background load may still finish after this; its write must not create the folder again.
    async close() {
      closed = true
      await Promise.allSettled(writes)
    },
  }

  async function put(file: string, entry: string, ttlMs: number) {
    const temporary = await writeAside(file, entry)
    // The modification time is the time of expiry, so that pruning need not read the file.
    await utimes(temporary, new Date(), new Date(Date.now() + ttlMs))
    await rename(temporary, file)
    prune()
  }
}

const hash = (key: string) => createHash('sha256').update(key).digest('hex')

async function writeAside(file: string, text: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${randomUUID()}${TEMPORARY}`
  await writeFile(temporary, text)
  return temporary
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): false {
  if (error.code !== 'EEXIST') throw error
  return false
}
