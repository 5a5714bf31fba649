// Which files of the project belong to a feature, or can speak of one.

import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The features that there are: the folders of src/features. */
export const featureNames = (root: string): string[] =>
  globSync('*/index.ts', { cwd: join(root, 'src/features') })
    .map(dirname)
    .sort()

/** The files and folders that are a feature's alone: service tests by their names, as `todos-restart.test.ts`. */
export function ownFiles(root: string, feature: string): string[] {
  const folders = [`src/features/${feature}`, `tests/features/${feature}`].filter((path) =>
    existsSync(join(root, path)),
  )
  const longerNames = featureNames(root).filter((name) => name.startsWith(`${feature}-`))
  const named = globSync(`service_tests/{features,journeys}/${feature}*`, { cwd: root }).filter(
    (path) => isNamed(path, feature) && !longerNames.some((name) => isNamed(path, name)),
  )
  return [...folders, ...named.sort()]
}

/** The files with these extensions, as `{yaml,yml}`, which may hold parts of any feature. */
export const sharedFiles = (root: string, extensions: string): string[] =>
  globSync([`**/*.${extensions}`, `.github/**/*.${extensions}`], { cwd: root, exclude: ['**/node_modules'] }).sort()

/** @returns the paths of the files that the change has changed */
export function editFiles(root: string, paths: string[], change: (text: string) => string): string[] {
  return paths.filter((path) => {
    const before = readFileSync(join(root, path), 'utf8')
    const after = change(before)
    if (after !== before) writeFileSync(join(root, path), after)
    return after !== before
  })
}

const isNamed = (path: string, feature: string) => new RegExp(`/${feature}(?:[.-][^/]*)?$`).test(path)
