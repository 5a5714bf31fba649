// Step "droplet": the result of staging. Packages and application are in different folders, and the application is not
// in the folder where it was staged. A profile script, which every process runs first, links the two.

import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
