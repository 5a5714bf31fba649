// Step "droplet": the result of staging. Packages and application are in different folders, and the application is not
// in the folder where it was staged. A profile script, which every process runs first, links the two.

import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessPlan } from '../manifest/push-plan.ts'
import { platform } from '../platform/platform.ts'
import { throwFinding } from '../report/finding.ts'
import type { NodeRuntime } from './node-runtime.ts'
import { placeProgram } from './stage.ts'
import type { Workplace } from './workplace.ts'

export interface Droplet {
  app: string
  deps: string
  /** Scripts that each process runs before its command. */
  profile: string
}

export function makeDroplet(staged: string, node: NodeRuntime, workplace: Workplace): Droplet {
  const deps = workplace.makeFolder('droplet', 'deps')
  const first = workplace.makeFolder('droplet', 'deps', '0')
  for (const folder of ['bin', 'node', 'node/bin']) workplace.makeFolder('droplet', 'deps', '0', folder)
  renameSync(join(staged, 'node_modules'), join(first, 'node_modules'))
  placeProgram(node.file, join(first, 'node/bin/node'))
  symlinkSync('../node/bin/node', join(first, 'bin/node'))

  const app = join(workplace.folder, 'droplet', 'app')
  renameSync(staged, app)
  rmSync(join(workplace.folder, 'staging'), { recursive: true, force: true })
  const profile = workplace.makeFolder('droplet', 'profile.d')
  writeFileSync(join(profile, 'node.sh'), PROFILE)
  mkdirSync(join(workplace.folder, 'containers'), { recursive: true })
  return { app, deps, profile }
}

/** What a droplet takes unpacked. The folder of Node has the size that it has on the platform, with headers and npm. */
export function measureDroplet({ app, deps }: Pick<Droplet, 'app' | 'deps'>): DropletSizes {
  const [appMb, packagesMb] = [app, join(deps, '0/node_modules')].map((folder) => measureBytes(folder) / 2 ** 20)
  const sizes = { app: Math.ceil(appMb!), packages: Math.ceil(packagesMb!), node: platform.nodeFolderMb }
  return { ...sizes, total: sizes.app + sizes.packages + sizes.node }
}

export type DropletSizes = Record<'app' | 'packages' | 'node' | 'total', number>

export const describeSizes = ({ app, packages, node, total }: DropletSizes): string =>
  `${total} MB unpacked: application ${app}, packages ${packages}, Node ${node}`

export function requireDisk(sizes: DropletSizes, processes: Pick<ProcessPlan, 'type' | 'diskMb'>[]) {
  const small = processes.find(({ diskMb }) => diskMb < sizes.total)
  if (!small) return
  throwFinding(`The droplet needs ${describeSizes(sizes)}. The disk_quota of "${small.type}" is ${small.diskMb} MB.`, {
    fact: 'disk_quota limits everything in the container: the unpacked droplet, and what the process writes.',
    remedy: `Set disk_quota to more than ${sizes.total}M, with room for what the process writes.`,
  })
}

function measureBytes(path: string): number {
  const entry = lstatSync(path)
  if (!entry.isDirectory()) return Math.ceil(entry.size / 4096) * 4096
  return readdirSync(path).reduce((sum, name) => sum + measureBytes(join(path, name)), 4096)
}

const PROFILE = `export PATH="$DEPS_DIR/0/bin:$PATH"
export NODE_HOME="$DEPS_DIR/0/node"
export NODE_ENV="\${NODE_ENV:-production}"
export MEMORY_AVAILABLE="\${MEMORY_LIMIT%m}"
export WEB_MEMORY="\${WEB_MEMORY:-512}"
export WEB_CONCURRENCY="\${WEB_CONCURRENCY:-1}"
[ -e "$HOME/node_modules" ] || ln -s "$DEPS_DIR/0/node_modules" "$HOME/node_modules"
export NODE_PATH="$DEPS_DIR/0/node_modules"
export PATH="$PATH:$HOME/bin:$DEPS_DIR/0/node_modules/.bin"
`
