// Which files of the project belong to a feature, or can have parts of one.

import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The features that there are: the folders of src/features. */
export const featureNames = (root: string): string[] =>
  findFiles(join(root, 'src/features'), '*/index.ts').map((path) => dirname(path))

/** The files and folders that belong to one feature alone: service tests by their names, as `orders-restart.test.ts`. */
export function ownFiles(root: string, feature: string): string[] {
  const folders = ['src/features', 'tests/features', 'scripts/bench/features'].map((folder) => `${folder}/${feature}`)
  const longerNames = featureNames(root).filter((name) => name.startsWith(`${feature}-`))
  const named = findFiles(root, `service_tests/{features,journeys}/${feature}*`).filter(
    (path) => isNamed(path, feature) && !longerNames.some((name) => isNamed(path, name)),
  )
  return [...folders.filter((path) => existsSync(join(root, path))), ...named]
}

/** The files with these extensions, as `{yaml,yml}`, which may hold parts of any feature. */
export const sharedFiles = (root: string, extensions: string): string[] =>
  findFiles(root, `**/*.${extensions}`, `.github/**/*.${extensions}`)

/** @throws {Error} with the path of the file, where it can't be edited */
export function editFiles(root: string, paths: string[], edit: (text: string) => string) {
  for (const path of paths) {
    const before = readFileSync(join(root, path), 'utf8')
    const after = attempt(path, () => edit(before))
    if (after !== before) writeFileSync(join(root, path), after)
  }
}

function attempt(path: string, edit: () => string): string {
  try {
    return edit()
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error })
  }
}

/** Relative to the root, in order, and with slashes on Windows as well. */
export const findFiles = (root: string, ...patterns: string[]): string[] =>
  globSync(patterns, { cwd: root, exclude: ['**/node_modules'] })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()

const isNamed = (path: string, feature: string) => new RegExp(`/${feature}(?:[.-][^/]*)?$`).test(path)
