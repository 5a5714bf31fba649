// Writes changes to the project: all of them or, where one can't be written, none.

import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Change } from './project-copy.ts'

/**
 * It does not yield, so that no signal that the caller listens to comes in between.
 *
 * @throws {Error} where a file can't be written, after what was written has been taken back
 */
export function applyChanges(root: string, changes: Change[]) {
  for (const change of changes) requireUnchanged(root, change)
  const begun: Change[] = []
  try {
    for (const change of changes) {
      begun.push(change)
      put(root, change.path, change.after)
    }
  } catch (error) {
    const left = begun.toReversed().filter((change) => !takeBack(root, change))
    const remedy =
      left.length > 0 ? `Restore ${left.map(({ path }) => path).join(', ')} by hand.` : 'Nothing was changed.'
    throw new Error(`${begun.at(-1)!.path} can't be written: ${(error as Error).message}. ${remedy}`)
  }
}

/** @returns whether the file is as it was */
function takeBack(root: string, { path, before }: Change): boolean {
  try {
    put(root, path, before)
    return true
  } catch {
    return before === undefined && !existsSync(join(root, path))
  }
}

function requireUnchanged(root: string, { path, before }: Change) {
  const file = join(root, path)
  const isThere = existsSync(file)
  if (isThere !== (before !== undefined) || (before && !readFileSync(file).equals(before))) {
    throw new Error(`${path} was changed by another program in the meantime. Nothing was changed; run this again.`)
  }
  if (isThere && (statSync(file).mode & 0o222) === 0) {
    throw new Error(`${path} is read-only. Nothing was changed.`)
  }
}

function put(root: string, path: string, bytes: Buffer | undefined) {
  const file = join(root, path)
  if (bytes) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, bytes)
  } else {
    rmSync(file, { force: true })
    removeEmptyFolders(root, dirname(path))
  }
}

/** Up to the root. Git has no empty folders either. */
function removeEmptyFolders(root: string, folder: string) {
  if (folder === '.') return
  try {
    rmdirSync(join(root, folder))
  } catch {
    return // It holds something.
  }
  removeEmptyFolders(root, dirname(folder))
}
