// Which packages a service loads: a module that is loaded before it notes them, and writes them down when it ends.

import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface LoadedPackages extends Disposable {
  /** For the service. */
  env: Record<string, string>
  /** After the service has ended. */
  read(): string[]
}

/** What speaks to databases and caches, or keeps what comes from there. */
export const BACKING_PACKAGES = ['ioredis', 'kysely', 'lru-cache', 'memjs', 'pg']

export function noteLoadedPackages(): LoadedPackages {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'loaded-'))
  const file = join(folder.path, 'packages.json')
  return {
    env: { NODE_OPTIONS: `--import ${new URL('note-packages.ts', import.meta.url)}`, LOADED_PACKAGES_FILE: file },
    read: () => JSON.parse(readFileSync(file, 'utf8')),
    [Symbol.dispose]: folder[Symbol.dispose],
  }
}
