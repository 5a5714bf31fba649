// Step "node", second part: installs the oldest Node that the buildpack may choose, as an npm package, and caches it.

import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { platform } from '../platform/platform.ts'
import type { Note, Reporter } from '../report/reporter.ts'
import { runCommand } from '../run-command.ts'
import type { Selection } from '../upload/select-files.ts'
import { matchNode, readNvmrc } from './node-range.ts'
import type { Npm } from './npm.ts'
import type { Workplace } from './workplace.ts'

export interface NodeRuntime {
  version: string
  /** The program. */
  file: string
}

export interface RuntimeOptions {
  workplace: Workplace
  npm: Npm
  reporter: Reporter
  note: Note
}

export async function getNode(selection: Selection, options: RuntimeOptions): Promise<NodeRuntime> {
  const { reporter, note } = options
  const range = readRange(selection, reporter)
  const matching = matchNode(range)
  for (const version of matching) {
    const file = await fetchNode(version, options)
    if (!file) continue
    note(`the buildpack resolves "${range}" to ${matching.join(' or ')}; everything runs on ${version}`)
    return { version, file }
  }
  reporter.leaveOut(
    `Node ${matching.join(' or ')}: npm has no build for this machine, so ${process.version} ran instead`,
  )
  note(`the buildpack resolves "${range}" to ${matching.join(' or ')}; everything runs on ${process.version}`)
  return { version: process.versions.node, file: process.execPath }
}

function readRange({ from, files }: Selection, reporter: Reporter): string {
  const { engines = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'))
  if (engines.npm)
    reporter.warn('Because of engines.npm, the buildpack downloads another npm at each staging. Remove it.')
  if (/^\s*(>|\*)/.test(engines.node ?? '')) {
    reporter.warn(`engines.node "${engines.node}" will match the next line of Node as well.`)
  }
  if (engines.node) return engines.node
  if (files.includes('.nvmrc')) return readNvmrc(readFileSync(join(from, '.nvmrc'), 'utf8'))
  reporter.warn(`engines.node is missing, so the buildpack uses its default, ${platform.defaultNode}.`)
  return platform.defaultNode
}

async function fetchNode(version: string, { workplace, npm }: RuntimeOptions): Promise<string | undefined> {
  const name = `node-${process.platform}-${process.arch}`
  const file = join(workplace.cache, `${name}-${version}`)
  if (existsSync(file)) return file
  const cwd = workplace.makeFolder('node', version)
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', cwd]
  const env = process.env as Record<string, string>
  const { ok } = await runCommand(process.execPath, [npm.file, ...args, `${name}@${version}`], { cwd, env })
  const program = join(cwd, 'node_modules', name, 'bin/node')
  if (!ok || !existsSync(program)) return undefined

  mkdirSync(workplace.cache, { recursive: true })
  const copy = `${file}-${process.pid}`
  copyFileSync(program, copy)
  chmodSync(copy, 0o755)
  renameSync(copy, file) // Atomic, because another rehearsal may run at the same time.
  return file
}
