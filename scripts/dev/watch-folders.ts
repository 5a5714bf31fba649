// Watches a folder and all folders below it, including those that are created later. Folders are watched and not files: an
// editor or Git replaces a file, and a watcher of the old file sees no change of the new one. The recursive fs.watch of
// Linux has this flaw.

import { type FSWatcher, globSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'

interface Watched {
  watcher: FSWatcher
  /** A folder that was deleted and created again has the same path, and another inode. */
  inode: number
}

/** @param onChange is called with the path of a file or folder that was created, changed, replaced or deleted */
export function watchFolders(root: string, onChange: (path: string) => void): Disposable {
  const watched = new Map<string, Watched>()
  follow()
  return {
    [Symbol.dispose]() {
      for (const path of watched.keys()) forget(path)
    },
  }

  function changed(folder: string, name: string | null) {
    follow()
    onChange(join(folder, name ?? ''))
  }

  /** Repeated until nothing is new: a folder may be created after the search and before its parent is watched. */
  function follow() {
    while (followOnce()) {}
  }

  function followOnce(): boolean {
    const inodes = readInodes(root)
    for (const [path, { inode }] of watched) if (inodes.get(path) !== inode) forget(path)
    const added = [...inodes].filter(([path]) => !watched.has(path))
    for (const [path, inode] of added) add(path, inode)
    return added.length > 0
  }

  function add(path: string, inode: number) {
    try {
      const watcher = watch(path, (_event, name) => changed(path, name))
      watcher.on('error', () => forget(path)) // On Windows, when the folder is deleted.
      watched.set(path, { watcher, inode })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }

  function forget(path: string) {
    watched.get(path)?.watcher.close()
    watched.delete(path)
  }
}

function readInodes(root: string): Map<string, number> {
  const paths = ['', ...globSync('**/', { cwd: root })].map((path) => join(root, path))
  return new Map(
    paths.flatMap((path): [string, number][] => {
      const stats = statSync(path, { throwIfNoEntry: false })
      return stats ? [[path, stats.ino]] : []
    }),
  )
}
