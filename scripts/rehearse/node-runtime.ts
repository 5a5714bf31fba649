// Step "node", second half: the oldest Node that the buildpack may take is fetched as a package of npm, and kept.

import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './command.ts'
import { matchNode, readNvmrc } from './node-line.ts'
import type { Npm } from './npm.ts'
import { platform } from './platform.ts'
import type { Selection } from './select-files.ts'
import type { Story } from './story.ts'
import type { Workplace } from './workplace.ts'

export interface NodeRuntime {
  version: string
  /** The program. */
  file: string
}

export interface RuntimeParts {
  workplace: Workplace
  npm: Npm
  story: Story
  tell: (found: string) => void
}

export async function getNode(selection: Selection, parts: RuntimeParts): Promise<NodeRuntime> {
  const range = readRange(selection, parts.story)
  const matching = matchNode(range)
  for (const version of matching) {
    const file = await fetchNode(version, parts)
    if (!file) continue
    const than = version === matching[0] ? 'the oldest of' : 'of'
    parts.tell(`"${range}" is ${matching.join(' or ')} to the buildpack; everything runs on ${version}, ${than} these`)
    return { version, file }
  }
  parts.story.leaveOut(
    `Node ${matching.join(' or ')}: npm has none for this machine, so ${process.version} ran instead`,
  )
  parts.tell(`"${range}" is ${matching.join(' or ')} to the buildpack; here it runs on ${process.version}`)
  return { version: process.versions.node, file: process.execPath }
}

function readRange({ from, files }: Selection, story: Story): string {
  const { engines = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'))
  if (engines.npm) story.warn('engines.npm lets the buildpack fetch another npm at each staging. Better leave it out.')
  if (/^\s*(>|\*)/.test(engines.node ?? ''))
    story.warn(`engines.node "${engines.node}" lets Node's next line in, some day.`)
  if (engines.node) return engines.node
  if (files.includes('.nvmrc')) return readNvmrc(readFileSync(join(from, '.nvmrc'), 'utf8'))
  story.warn(`Nothing asks for a version of Node, so the buildpack takes its default, ${platform.defaultNode}.`)
  return platform.defaultNode
}

async function fetchNode(version: string, { workplace, npm }: RuntimeParts): Promise<string | undefined> {
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
  renameSync(copy, file) // At once, for another rehearsal may be looking.
  return file
}
