// `npm version patch|minor|major|1.2.3`: npm changes package.json and package-lock.json, runs this script, which is its
// `version` hook, and then commits and tags. The script puts the same version into the other files that have one.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyChanges } from './change/apply-changes.ts'
import type { Change } from './change/project-copy.ts'
import { withLineEndsOf, withUnixLineEnds } from './change/text-files.ts'
import { runScript } from './command-line.ts'
import { mustRun } from './run.ts'
import { releaseChangelog } from './version/changelog.ts'

const commandLine = {
  command: 'npm run version',
  summary:
    'Puts the version of package.json into manifest.yml, openapi.yaml and CHANGELOG.md, and stages them. "npm version"\nruns it, and commits and tags the result.',
  examples: ['npm version patch', 'npm version 1.2.3'],
}

/** Where the version is, and how it is replaced there. */
const PLACES: Record<string, (text: string, release: Release) => string> = {
  'manifest.yml': (text, { version }) => replaceOnce(text, /(?<=^ +VERSION: )\S+$/m, version),
  'openapi.yaml': (text, { version }) => replaceOnce(text, /(?<=^info:\n(?: .*\n)*? {2}version: )\S+$/m, version),
  'CHANGELOG.md': releaseChangelog,
}

export interface Release {
  version: string
  /** As 2026-11-21. */
  date: string
}

/**
 * Changes all of the files or, where one can't be changed, none.
 *
 * @returns the paths of the files that it changed
 * @throws {Error} where a file has no place for a version
 */
export function versionProject(root: string, release: Release): string[] {
  const changes = Object.entries(PLACES).map(([path, edit]): Change => {
    try {
      const before = readFileSync(join(root, path))
      const text = before.toString()
      return { path, before, after: Buffer.from(withLineEndsOf(text, edit(withUnixLineEnds(text), release))) }
    } catch (error) {
      const wayBack = 'To take back what npm has changed: "git checkout package.json package-lock.json".'
      throw new Error(`${path}: ${(error as Error).message} ${wayBack}`, { cause: error })
    }
  })
  const changed = changes.filter(({ before, after }) => !before?.equals(after!))
  applyChanges(root, changed)
  return changed.map(({ path }) => path)
}

function replaceOnce(text: string, place: RegExp, version: string): string {
  if (!place.test(text)) throw new Error('There is no version to replace.')
  return text.replace(place, version)
}

if (import.meta.main) {
  await runScript(commandLine, async () => {
    const root = process.cwd()
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const changed = versionProject(root, { version, date: new Date().toISOString().slice(0, 10) })
    if (changed.length > 0) await mustRun(root, 'git', ['add', '--', ...changed])
  })
}
