// Step "files": selects what `cf push` would upload, and checks that nothing is missing and nothing is private.

import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import { platform } from '../platform/platform.ts'
import { throwFinding } from '../report/finding.ts'
import type { Note } from '../report/reporter.ts'
import { createIgnore } from './ignore-lines.ts'

export interface Selection {
  from: string
  /** Relative to that folder, with slashes, sorted. */
  files: string[]
  bytes: number
}

export interface SelectOptions {
  /** The file name of the OpenAPI document, which is uploaded if it exists. */
  contract: string
  note: Note
}

export function selectFiles(from: string, { contract, note }: SelectOptions): Selection {
  const lines = readIgnoreLines(from)
  const isIgnored = createIgnore([...(lines ?? []), ...platform.ignoredLines])
  const all = listFiles(from)
  const files = all.filter((file) => !isIgnored(file)).sort()
  const bytes = files.reduce((sum, file) => sum + lstatSync(join(from, file)).size, 0)

  requireNeeded(files, all, contract)
  requirePrivacy(files, lines === undefined)
  requireInnerLinks(from, files)
  requireSize(bytes)
  note(`${files.length} files with ${(bytes / 1024).toFixed(0)} KiB are uploaded: ${summarize(files)}`)
  note(`not uploaded: ${summarize(all.filter(isIgnored))}`)
  return { from, files, bytes }
}

function readIgnoreLines(from: string): string[] | undefined {
  try {
    return readFileSync(join(from, '.cfignore'), 'utf8').split('\n')
  } catch {
    return undefined
  }
}

/** These folders are listed as one entry, because of their size. */
const CLOSED_FOLDERS = new Set(['node_modules', '.git', '.hg', '.svn', '_darcs'])

function listFiles(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name
    return entry.isDirectory() && !CLOSED_FOLDERS.has(entry.name) ? listFiles(root, path) : [path]
  })
}

function requireNeeded(files: string[], all: string[], contract: string) {
  const existing = ['Procfile', contract].filter((file) => all.includes(file))
  const needed = ['package.json', 'package-lock.json', ...existing]
  const missing = needed.filter((file) => !files.includes(file))
  if (missing.length === 0) return
  throwFinding(`${missing.join(' and ')} would not be uploaded.`, {
    fact:
      'staging has only the files that .cfignore does not exclude. The buildpack needs package.json, the lock file ' +
      'pins versions, the Procfile has the start command, and the application may read its contract.',
    remedy: 'Add the file, or a line such as "!/Procfile" to .cfignore.',
  })
}

const PRIVATE = /(^|\/)(\.env($|\.)|node_modules(\/|$))|^((\w+_)?tests?|coverage|\.git)(\/|$)/

function requirePrivacy(files: string[], missing: boolean) {
  const exposed = files.filter((file) => PRIVATE.test(file))
  if (exposed.length === 0) return
  throwFinding(`${summarize(exposed)} would be uploaded.`, {
    fact:
      `the CLI ignores .gitignore and reads .cfignore${missing ? ', which is missing' : ''}. Secrets in .env and ` +
      'packages built for another system would be uploaded.',
    remedy: 'Make .cfignore an allow-list: "/*" first, then a line such as "!/src" for everything that is needed.',
  })
}

function requireInnerLinks(from: string, files: string[]) {
  const links = files.filter((file) => lstatSync(join(from, file)).isSymbolicLink())
  const outer = links.find((link) => pointsOutside(link, readlinkSync(join(from, link))))
  if (outer === undefined) return
  throwFinding(`${outer} is a link to ${readlinkSync(join(from, outer))}, which is outside of the uploaded folder.`, {
    fact: 'links are uploaded as links, and the platform rejects a package with "Symlink(s) point outside of root folder".',
    remedy: 'Link to an uploaded file by a relative path, or replace the link by a copy.',
  })
}

const pointsOutside = (link: string, target: string): boolean =>
  isAbsolute(target) || /^\.\.(\/|$)/.test(normalize(join(dirname(link), target)))

function requireSize(bytes: number) {
  if (bytes <= platform.maxUploadBytes) return
  throwFinding(`The upload has ${(bytes / 1024 ** 2).toFixed(0)} MiB.`, {
    fact: 'an upload has at most 1 GiB.',
    remedy: 'Exclude in .cfignore what the application does not need to run.',
  })
}

/** The top-level names, with the number of files in each folder: `src (61)`. */
export function summarize(files: string[]): string {
  const counts = new Map<string, number>()
  for (const file of files) {
    const top = file.split('/')[0]!
    counts.set(top, (counts.get(top) ?? 0) + 1)
  }
  return [...counts].map(([top, count]) => (files.includes(top) ? top : `${top} (${count})`)).join(', ') || 'nothing'
}
