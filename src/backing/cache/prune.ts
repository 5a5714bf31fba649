// Keeps the folder of the file cache within its bounds: what has ended goes, and then what ends first.

import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface Bounds {
  maxEntries: number
  maxBytes: number
}

/** The names of entries, and of what is still being written, end like this. */
export const ENTRY = '.entry'
export const TEMPORARY = '.tmp'

/** How long a file may take to be written, before it counts as left behind by a process that was killed. */
const ABANDONED_MS = 60_000

/** Told of each write. It looks through the folder after some of them, so the bounds are exceeded by a sixteenth. */
export function createPruner(folder: string, bounds: Bounds): () => void {
  const interval = Math.max(1, Math.floor(bounds.maxEntries / 16))
  let writes = interval - 1
  let running = false

  return function prune() {
    writes += 1
    if (running || writes < interval) return
    writes = 0
    running = true
    // What another process takes away at the same time is gone all the same.
    removeBeyond(folder, bounds)
      .catch(() => {})
      .finally(() => {
        running = false
      })
  }
}

async function removeBeyond(folder: string, bounds: Bounds) {
  const names = await readdir(folder)
  const files = (await Promise.all(names.map((name) => describe(join(folder, name))))).filter(
    (file) => file !== undefined,
  )
  const entries = files.filter(({ path }) => path.endsWith(ENTRY))
  const left = files.filter(({ path, changedMs }) => path.endsWith(TEMPORARY) && changedMs + ABANDONED_MS < Date.now())
  for (const { path } of [...beyond(entries, bounds), ...left]) await rm(path, { force: true })
}

interface FoundFile {
  path: string
  size: number
  /** For an entry this is when it ends. */
  modifiedMs: number
  changedMs: number
}

function beyond(entries: FoundFile[], { maxEntries, maxBytes }: Bounds): FoundFile[] {
  let bytes = 0
  return entries
    .toSorted((a, b) => b.modifiedMs - a.modifiedMs)
    .filter(({ size, modifiedMs }, index) => {
      bytes += size
      return index >= maxEntries || bytes > maxBytes || modifiedMs < Date.now()
    })
}

/** Undefined where it has just been taken away. */
async function describe(path: string): Promise<FoundFile | undefined> {
  const facts = await stat(path).catch(() => undefined)
  return facts && { path, size: facts.size, modifiedMs: facts.mtimeMs, changedMs: facts.ctimeMs }
}
