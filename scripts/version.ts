// `npm version patch|minor|major|1.2.3`: npm changes package.json and package-lock.json, then runs this script, its
// `version` hook, and then commits and tags. Here the same version goes wherever else one stands.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { editFiles } from './feature/project-files.ts'
import { mustRun, tellErrors } from './run.ts'
import { releaseChangelog } from './version/changelog.ts'

/** Where the version stands besides, and how it is put there. */
const PLACES: Record<string, (text: string, release: Release) => string> = {
  'manifest.yml': (text, { version }) => replaceOnce(text, /(?<=^ +VERSION: )\S+$/m, version),
  'openapi.yaml': (text, { version }) => replaceOnce(text, /(?<=^info:\n(?: .*\n)*? {2}version: )\S+$/m, version),
  'CHANGELOG.md': releaseChangelog,
}

export interface Release {
  version: string
  /** The day of it, as 2026-11-21. */
  date: string
}

/**
 * All of them are changed or, where one can't be, none.
 *
 * @returns the paths of the files that it changed
 * @throws {Error} where a file has no place for a version
 */
export function versionProject(root: string, release: Release): string[] {
  const texts = Object.entries(PLACES).map(([path, edit]) => {
    try {
      return [path, edit(readFileSync(join(root, path), 'utf8'), release)] as const
    } catch (error) {
      const wayBack = 'What npm has changed already comes back by "git checkout package.json package-lock.json".'
      throw new Error(`${path}: ${(error as Error).message} ${wayBack}`)
    }
  })
  return texts.flatMap(([path, text]) => editFiles(root, [path], () => text))
}

function replaceOnce(text: string, place: RegExp, version: string): string {
  if (!place.test(text)) throw new Error('There is no version to replace.')
  return text.replace(place, version)
}

if (import.meta.main) {
  await tellErrors(async () => {
    const root = process.cwd()
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const changed = versionProject(root, { version, date: new Date().toISOString().slice(0, 10) })
    if (changed.length > 0) await mustRun(root, 'git', ['add', '--', ...changed])
  })
}
