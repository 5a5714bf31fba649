// The folders of a rehearsal, and the user that everything runs as. If the rehearsal runs as root, this is an
// unprivileged user with the id that the platform uses.

import { copyFileSync, lchownSync, lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { platform } from '../platform/platform.ts'
import type { Reporter } from '../report/reporter.ts'

export interface Workplace extends Disposable {
  /** Empty at the start, and removed at the end. */
  folder: string
  /** Kept between rehearsals. */
  cache: string
  isRoot: boolean
  /** For spawn. */
  user: { uid?: number; gid?: number }
  /** Creates a folder that the user owns. */
  makeFolder(...path: string[]): string
  /** Copies a file, or a link as a link. The user owns the copy. The target of a link stays unchanged. */
  copy(from: string, to: string): void
}

export function openWorkplace(cache: string | undefined, reporter: Reporter): Workplace {
  const isRoot = process.getuid?.() === 0
  const id = platform.userId
  if (!isRoot)
    reporter.leaveOut('an unprivileged user: only root can switch to one, so everything ran as the current user')
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'))
  const give = (path: string) => isRoot && lchownSync(path, id, id)
  give(folder)

  return {
    folder,
    cache: cache ?? defaultCache(isRoot),
    isRoot,
    user: isRoot ? { uid: id, gid: id } : {},
    makeFolder(...path) {
      const made = join(folder, ...path)
      mkdirSync(made, { recursive: true })
      give(made)
      return made
    },
    copy(from, to) {
      mkdirSync(dirname(to), { recursive: true })
      if (lstatSync(from).isSymbolicLink()) symlinkSync(readlinkSync(from), to)
      else copyFileSync(from, to)
      give(to)
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  }
}

/** The unprivileged user could not read a cache in root's home. */
function defaultCache(isRoot: boolean): string {
  if (isRoot) return '/var/cache/push-rehearsal'
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'push-rehearsal')
}
