// Step "files": selects what `cf push` would upload, and looks whether it is what has to be there, and no more.

import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import { createIgnore } from './ignore-lines.ts'
import { platform } from './platform.ts'
import { refuse } from './refusal.ts'

export interface Selection {
  from: string
  /** Relative to it, with slashes, sorted. */
  files: string[]
  bytes: number
}

export function selectFiles(from: string, tell: (found: string) => void): Selection {
  const lines = readIgnoreLines(from)
  const isIgnored = createIgnore([...(lines ?? []), ...platform.ignoredLines])
  const all = listFiles(from)
  const files = all.filter((file) => !isIgnored(file)).sort()
  const bytes = files.reduce((sum, file) => sum + lstatSync(join(from, file)).size, 0)

  demandNeeded(files, all)
  demandPrivacy(files, lines === undefined)
  demandInnerLinks(from, files)
  demandSize(bytes)
  tell(`${files.length} files with ${(bytes / 1024).toFixed(0)} KiB go up: ${summarize(files)}`)
  tell(`what stays here: ${summarize(all.filter(isIgnored))}`)
  return { from, files, bytes }
}

function readIgnoreLines(from: string): string[] | undefined {
  try {
    return readFileSync(join(from, '.cfignore'), 'utf8').split('\n')
  } catch {
    return undefined
  }
}

/** Folders that are never uploaded are not walked through, for their size; what is in them is one entry. */
const CLOSED_FOLDERS = new Set(['node_modules', '.git', '.hg', '.svn', '_darcs'])

function listFiles(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name
    return entry.isDirectory() && !CLOSED_FOLDERS.has(entry.name) ? listFiles(root, path) : [path]
  })
}

function demandNeeded(files: string[], all: string[]) {
  const needed = ['package.json', 'package-lock.json', 'Procfile', ...all.filter((file) => file === 'openapi.yaml')]
  const missing = needed.filter((file) => !files.includes(file))
  if (missing.length === 0) return
  refuse(`${missing.join(' and ')} would not be uploaded.`, {
    fact:
      'staging sees only what .cfignore leaves: the buildpack needs package.json, the lock file fixes versions, ' +
      'without a Procfile npm is the start command, and the service reads its contract.',
    remedy: 'Add the file, or a line such as "!/Procfile" to .cfignore.',
  })
}

const PRIVATE = /(^|\/)(\.env($|\.)|node_modules(\/|$))|^(tests|service_tests|coverage|\.git)(\/|$)/

function demandPrivacy(files: string[], unruled: boolean) {
  const exposed = files.filter((file) => PRIVATE.test(file))
  if (exposed.length === 0) return
  refuse(`${summarize(exposed)} would be uploaded.`, {
    fact:
      'the CLI reads ' +
      `${unruled ? '.cfignore, which is missing, and not .gitignore' : '.cfignore and not .gitignore'}: secrets of ` +
      '.env and packages built for another system would reach the platform.',
    remedy: 'Keep .cfignore an allow-list: "/*" first, then one line such as "!/src" for each thing that is needed.',
  })
}

function demandInnerLinks(from: string, files: string[]) {
  const links = files.filter((file) => lstatSync(join(from, file)).isSymbolicLink())
  const outer = links.find((link) => leadsOut(link, readlinkSync(join(from, link))))
  if (outer === undefined) return
  refuse(`${outer} is a link to ${readlinkSync(join(from, outer))}, which is outside of what is uploaded.`, {
    fact: 'links go up as links, and a package is refused with "Symlink(s) point outside of root folder".',
    remedy: 'Link by a relative path to something that is uploaded, or put a copy in the place of the link.',
  })
}

const leadsOut = (link: string, target: string): boolean =>
  isAbsolute(target) || /^\.\.(\/|$)/.test(normalize(join(dirname(link), target)))

function demandSize(bytes: number) {
  if (bytes <= platform.maxUploadBytes) return
  refuse(`The upload has ${(bytes / 1024 ** 2).toFixed(0)} MiB.`, {
    fact: 'an upload may have 1 GiB.',
    remedy: 'Leave out in .cfignore what the service does not need to run.',
  })
}

/** Names on top, with the number of files below them: `src (61)`. */
export function summarize(files: string[]): string {
  const counts = new Map<string, number>()
  for (const file of files) {
    const top = file.split('/')[0]!
    counts.set(top, (counts.get(top) ?? 0) + 1)
  }
  return [...counts].map(([top, count]) => (files.includes(top) ? top : `${top} (${count})`)).join(', ') || 'nothing'
}
