// Keeps the folder of the file cache within its bounds: removes expired entries, then those that expire first.

import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface Bounds {
  maxEntries: number
  maxBytes: number
}

/** Extensions of entries, and of files that are still being written. */
export const ENTRY = '.entry'
export const TEMPORARY = '.tmp'

/** A temporary file older than this was left behind by a process that was killed. */
const ABANDONED_MS = 60_000

/** To be called after each write. Scans the folder only now and then, so the bounds may be exceeded by a sixteenth. */
export function createPruner(folder: string, bounds: Bounds): () => void {
  const interval = Math.max(1, Math.floor(bounds.maxEntries / 16))
  let writes = interval - 1
  let running = false

  return function prune() {
    writes += 1
    if (running || writes < interval) return
    writes = 0
    running = true
    // Another process may be removing the same files.
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
  const abandoned = files.filter(
    ({ path, changedMs }) => path.endsWith(TEMPORARY) && changedMs + ABANDONED_MS < Date.now(),
  )
  for (const { path } of [...beyond(entries, bounds), ...abandoned]) await rm(path, { force: true })
}

interface FoundFile {
  path: string
  size: number
  /** For an entry, the time of expiry. */
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

/** Undefined where the file no longer exists. */
async function describe(path: string): Promise<FoundFile | undefined> {
  const stats = await stat(path).catch(() => undefined)
  return stats && { path, size: stats.size, modifiedMs: stats.mtimeMs, changedMs: stats.ctimeMs }
}
