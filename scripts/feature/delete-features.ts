// Takes features out of the sources of a project. What is generated, and the layout of the list, is left to the caller.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { unlistFeature } from './feature-list.ts'
import { removeMarked } from './marked-blocks.ts'
import { editFiles, featureNames, ownFiles, sharedFiles } from './project-files.ts'
import { removeRuledBlocks } from './ruled-blocks.ts'

/**
 * @returns what was done, a line each
 * @throws {Error} before anything is done, where there is no such feature
 */
export function deleteFeatures(root: string, features: string[]): string[] {
  const known = featureNames(root)
  const unknown = features.find((feature) => !known.includes(feature))
  if (unknown !== undefined) throw new Error(`There is no feature "${unknown}". What there is: ${tellList(known)}.`)
  return features.flatMap((feature) => deleteFeature(root, feature))
}

function deleteFeature(root: string, feature: string): string[] {
  const owned = ownFiles(root, feature)
  for (const path of owned) rmSync(join(root, path), { recursive: true })
  const cleaned = [
    ...editFiles(root, ['src/features/index.ts'], (text) => unlistFeature(text, feature)),
    ...editFiles(root, sharedFiles(root, '{yaml,yml}'), (text) => removeRuledBlocks(text, feature)),
    ...editFiles(root, sharedFiles(root, 'md'), (text) => removeMarked(text, feature)),
  ]
  return [...owned.map((path) => `Deleted ${path}.`), ...cleaned.map((path) => `Took ${feature} out of ${path}.`)]
}

const tellList = (names: string[]) => names.join(', ') || 'nothing'
