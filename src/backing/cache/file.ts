// A cache in files, which processes on one machine share and which survives them. Names are hashes, so that no key leads
// out of the folder. Files are put in place whole, by renaming or linking.

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

    // What is fetched anew in the background may come later. It must not bring back a folder that has been removed.
    async close() {
      closed = true
      await Promise.allSettled(writes)
    },
  }

  async function put(place: string, entry: string, ttlMs: number) {
    const temporary = await writeAside(place, entry)
    // Its time of change says when it ends, so that it need not be read to be judged.
    await utimes(temporary, new Date(), new Date(Date.now() + ttlMs))
    await rename(temporary, place)
    prune()
  }
}

const hash = (key: string) => createHash('sha256').update(key).digest('hex')

async function writeAside(place: string, text: string): Promise<string> {
  await mkdir(dirname(place), { recursive: true })
  const temporary = `${place}.${randomUUID()}${TEMPORARY}`
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
