// What follows from a change of the features: the layout of the edited sources, and all that is generated.

import { mustRun } from '../run.ts'

/** @param paths the sources that were made or edited by a script */
export async function settle(root: string, paths: string[]): Promise<void> {
  const sources = paths.filter((path) => path.endsWith('.ts'))
  await mustRun(root, 'biome', ['check', '--write', ...sources])
  await mustRun(root, 'node', ['scripts/generate.ts'])
}
