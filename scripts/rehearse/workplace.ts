// The folders of a rehearsal, and the user that everything runs as: as root it is one without rights, with the number
// that users have on the platform.

import { copyFileSync, lchownSync, lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { platform } from './platform.ts'
import type { Story } from './story.ts'

export interface Workplace extends Disposable {
  /** Empty at first, and gone at the end. */
  folder: string
  /** Outlives the rehearsal. */
  cache: string
  isRoot: boolean
  /** For spawn. */
  user: { uid?: number; gid?: number }
  /** Makes a folder of the user's own. */
  makeFolder(...path: string[]): string
  /** Copies a file, or a link as a link, and gives the copy to the user. What a link leads to stays as it is. */
  copy(from: string, to: string): void
}

export function openWorkplace(cache: string | undefined, story: Story): Workplace {
  const isRoot = process.getuid?.() === 0
  const id = platform.userId
  if (!isRoot) story.leaveOut('a user without rights: only root can change to one, so all ran as you')
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

/** Root's own would be closed to the user without rights. */
function defaultCache(isRoot: boolean): string {
  if (isRoot) return '/var/cache/push-rehearsal'
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'push-rehearsal')
}
