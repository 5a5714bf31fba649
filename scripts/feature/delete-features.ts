// Removes features from the sources of a project. What is generated, and the layout of the list, is left to the caller.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { unlistFeature } from './feature-list.ts'
import { removeMarked } from './marked-blocks.ts'
import { editFiles, featureNames, ownFiles, sharedFiles } from './project-files.ts'
import { removeRuledBlocks } from './ruled-blocks.ts'

/** @throws {Error} before anything is deleted, where there is no such feature */
export function deleteFeatures(root: string, features: string[]) {
  const known = featureNames(root)
  const unknown = features.find((feature) => !known.includes(feature))
  if (unknown !== undefined) {
    throw new Error(`There is no feature "${unknown}". The features are: ${known.join(', ') || 'none'}.`)
  }
  for (const feature of new Set(features)) deleteFeature(root, feature)
}

function deleteFeature(root: string, feature: string) {
  for (const path of ownFiles(root, feature)) rmSync(join(root, path), { recursive: true })
  editFiles(root, ['src/features/index.ts'], (text) => unlistFeature(text, feature))
  editFiles(root, sharedFiles(root, '{yaml,yml}'), (text) => removeRuledBlocks(text, feature))
  editFiles(root, sharedFiles(root, 'md'), (text) => removeMarked(text, feature))
}
