// Where the embedded database is kept.

import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes the folder where it is missing.
 *
 * @throws {Error} where the file can't be written there
 */
export async function makeFolderOf(file: string): Promise<void> {
  if (file === ':memory:') return
  await mkdir(dirname(file), { recursive: true })
  await access(dirname(file), constants.W_OK)
  await access(file, constants.W_OK).catch((error) => {
    if (error.code !== 'ENOENT') throw error
  })
}
