// Whether the file of an SQLite database can be written: its folder is there, and its disk is not full.

import { constants } from 'node:fs'
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

export const IN_MEMORY = ':memory:'

/** More than a transaction of a few rows. */
const PROBE_BYTES = 64 * 1024
