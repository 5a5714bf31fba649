// A cache in files, which processes on one machine share and which survives them. Names are hashes, so that no key leads
// out of the folder. Files are put in place whole, by renaming or linking.

import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CacheStore } from './store.ts'

export interface FileStoreOptions {
  maxEntries: number
  maxBytes: number
}

export async function openFileStore(folder: string, options: FileStoreOptions): Promise<CacheStore> {
  await mkdir(folder, { recursive: true })
  const prune = createPruner(folder, options)
  const entryFile = (key: string) => join(folder, `${hash(key)}.entry`)
  const generationFile = (scope: string) => join(folder, `${hash(scope)}.generation`)

  return {
    name: 'file',

    async read(scope, key) {
      const [generation, entry] = await Promise.all([readText(generationFile(scope)), readText(entryFile(key))])
      return { generation, entry }
    },

    async write(key, entry, ttlMs) {
      const place = entryFile(key)
      const temporary = await writeAside(place, entry)
      // The time of its last change is set to when it ends: what is listed need not be read to be judged.
      await utimes(temporary, new Date(), new Date(Date.now() + ttlMs))
      await rename(temporary, place)
      prune()
    },

    async begin(scope, generation) {
      const temporary = await writeAside(generationFile(scope), generation)
      await link(temporary, generationFile(scope)).catch(ignoreExisting)
      await rm(temporary)
    },

    async replace(scope, generation) {
      await rename(await writeAside(generationFile(scope), generation), generationFile(scope))
    },

    close: async () => {},
  }
}

const hash = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 40)

async function writeAside(place: string, text: string): Promise<string> {
  const temporary = `${place}.${randomUUID()}.tmp`
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

function ignoreExisting(error: NodeJS.ErrnoException) {
  if (error.code !== 'EEXIST') throw error
}

/** Keeps to the bounds: what has ended goes, and then what ends first. Looks through the folder now and then. */
function createPruner(folder: string, { maxEntries, maxBytes }: FileStoreOptions): () => void {
  const interval = Math.max(1, Math.floor(maxEntries / 16))
  let writes = interval - 1
  let running = false

  return function prune() {
    writes += 1
    if (running || writes < interval) return
    writes = 0
    running = true
    // Another process may do the same at the same time: what it took away first is gone all the same.
    removeBeyondBounds()
      .catch(() => {})
      .finally(() => (running = false))
  }

  async function removeBeyondBounds() {
    const names = (await readdir(folder)).filter((name) => !name.endsWith('.generation'))
    const found = await Promise.all(names.map((name) => describe(join(folder, name))))
    const entries = found.filter((entry) => entry !== undefined).sort((a, b) => b.endsMs - a.endsMs)
    let bytes = 0
    for (const [index, { path, size, endsMs }] of entries.entries()) {
      bytes += size
      if (index >= maxEntries || bytes > maxBytes || endsMs < Date.now()) await rm(path, { force: true })
    }
  }
}

/** How long a file that is being written may take, before it counts as left behind. */
const ABANDONED_MS = 60_000

async function describe(path: string) {
  const facts = await stat(path).catch(() => undefined)
  if (!facts) return undefined
  const endsMs = path.endsWith('.tmp') ? facts.ctimeMs + ABANDONED_MS : facts.mtimeMs
  return { path, size: facts.size, endsMs }
}
