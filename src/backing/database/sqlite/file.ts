// The file of an SQLite database: its folder, whether it is still the one that was opened, and whether the disk is full.

import { constants, rmSync, statSync } from 'node:fs'
import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { unavailable } from '../../../chassis/problem.ts'

/**
 * Creates the folder if it is missing.
 *
 * @throws {Error} where the file can't be written
 */
export async function prepareFolder(file: string): Promise<void> {
  if (file === IN_MEMORY) return
  await mkdir(dirname(file), { recursive: true })
  await access(dirname(file), constants.W_OK)
  await access(file, constants.W_OK).catch((error) => {
    if (error.code !== 'ENOENT') throw error
  })
}

export interface OpenFile {
  /** Whether the path still leads to the file that was opened. If not, what is written is lost. */
  isCurrent(): boolean
  /** Removes the log of a file that was deleted or replaced: SQLite would apply it to the file that is there now. */
  removeStaleLog(): void
}

/** @param file was opened, and has been read, so that its log is there, too */
export function watchFile(file: string): OpenFile {
  if (file === IN_MEMORY) return { isCurrent: () => true, removeStaleLog() {} }
  const isCurrent = watchPath(file)
  const logs = ['-wal', '-shm'].map((suffix) => ({ path: `${file}${suffix}`, isOurs: watchPath(`${file}${suffix}`) }))
  return {
    isCurrent,
    removeStaleLog() {
      if (!isCurrent()) for (const { path, isOurs } of logs) if (isOurs()) rmSync(path, { force: true })
    },
  }
}

/** @returns whether the path still leads to the file, if any, that it leads to now */
function watchPath(path: string): () => boolean {
  const opened = statSync(path, { throwIfNoEntry: false })
  return function isSame() {
    const found = statSync(path, { throwIfNoEntry: false })
    return found?.ino === opened?.ino && found?.dev === opened?.dev
  }
}

/**
 * Writes beside the database, since free space does not show quotas, and SQLite may have space left in its own files.
 *
 * @throws {Problem} 503 with the code, such as ENOSPC
 */
export async function probeDisk(file: string): Promise<void> {
  if (file === IN_MEMORY) return
  const probe = `${file}-probe`
  try {
    await writeFile(probe, Buffer.alloc(PROBE_BYTES))
  } catch (error) {
    throw unavailable(`The database can't be written (${(error as { code: string }).code}).`, 5)
  } finally {
    await rm(probe, { force: true })
  }
}

const IN_MEMORY = ':memory:'

/** More than a transaction of a few rows. */
const PROBE_BYTES = 64 * 1024
