// Changes the project in one step: the sources, their layout and all that is generated from them.

import { mustRun } from '../run.ts'
import { applyChanges } from './apply-changes.ts'
import { type Change, copyProject } from './project-copy.ts'

/**
 * The edit, the formatter and the generator run in a copy. Where one of them fails, the project stays as it is.
 *
 * @param edit changes the files below the folder that it is given
 * @returns what was changed
 */
export async function changeProject(root: string, edit: (copy: string) => void): Promise<Change[]> {
  using copy = copyProject(root)
  edit(copy.root)
  const sources = copy.changes().filter(({ path, after }) => after && path.endsWith('.ts'))
  if (sources.length > 0) await mustRun(copy.root, 'biome', ['check', '--write', ...sources.map(({ path }) => path)])
  await mustRun(copy.root, 'node', ['scripts/generate.ts'])

  const changes = copy.changes()
  applyChanges(root, changes)
  return changes
}

/** A line for each file. */
export const describeChanges = (changes: Change[]): string =>
  changes.map(({ path, before, after }) => `${before ? (after ? 'Changed' : 'Deleted') : 'Added'} ${path}`).join('\n')
