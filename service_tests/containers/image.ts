// The steps of the Dockerfile, made in a folder instead of an image: what is copied, installed and run is the same, and
// only the folder stands in for the root of the file system. Node itself is the one that runs the tests.

import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { argumentsOf, commandOf, type Instruction, readStages, type Stage } from '../../tests/containers/dockerfile.ts'

export interface Image {
  /** What stands in for `/`. */
  root: string
  workdir: string
  env: Record<string, string>
  user: { uid: number; gid: number }
  command: string[]
  healthCheck: string[]
}

/** @throws {Error} where a step fails */
export function buildImage(dockerfile: string, context: string, folder: string): Image {
  const built = new Map<string | undefined, Image>()
  for (const stage of readStages(dockerfile)) built.set(stage.name, buildStage(stage, { context, folder, built }))
  return built.get(undefined)!
}

interface Site {
  context: string
  folder: string
  built: Map<string | undefined, Image>
}

function buildStage({ name, instructions }: Stage, site: Site): Image {
  const image = openBase(join(site.folder, name ?? 'image'))
  for (const instruction of instructions) {
    const step = steps[instruction.word]
    if (!step) throw new Error(`There is no such step as ${instruction.word}.`)
    step(image, instruction, site)
  }
  return image
}

/** The base image: Node, and a folder for temporary files. */
function openBase(root: string): Image {
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true })
  cpSync(process.execPath, join(root, 'usr/local/bin/node'))
  mkdirSync(join(root, 'tmp'))
  chmodSync(join(root, 'tmp'), 0o1777)
  const path = [join(root, 'usr/local/bin'), '/usr/bin', '/bin'].join(delimiter)
  // Node would pass on where coverage is written, and the image's user may not write there.
  const env = { PATH: path, TMPDIR: join(root, 'tmp'), NODE_V8_COVERAGE: '' }
  return { root, workdir: root, env, user: self, command: [], healthCheck: [] }
}

/** The user that runs the tests. Only root can change to another user. */
const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

const steps: Record<string, (image: Image, instruction: Instruction, site: Site) => void> = {
  WORKDIR(image, { text }) {
    image.workdir = join(image.root, text)
    mkdirSync(image.workdir, { recursive: true })
  },

  COPY(image, instruction, { context, built }) {
    const [to = '', ...sources] = argumentsOf(instruction).toReversed()
    const from = instruction.options.from ? built.get(instruction.options.from)!.root : context
    for (const source of sources) {
      const target = join(image.workdir, to, to.endsWith('/') ? basename(source) : '')
      cpSync(join(from, source), target, { recursive: true, verbatimSymlinks: true })
    }
  },

  RUN(image, { text }) {
    const command = self.uid === 0 ? text : text.replaceAll('1000:1000', `${self.uid}:${self.gid}`)
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', inFolder(command, image.root)], {
      cwd: image.workdir,
      env: outside(),
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`RUN ${text} failed.\n${stdout}${stderr}`)
  },

  ENV(image, { text }) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(text) ?? []
    image.env[name!] = inFolder(value!, image.root)
  },

  USER(image, { text }) {
    const [uid, gid] = text.split(':').map(Number)
    if (self.uid === 0) image.user = { uid: uid!, gid: gid! }
  },

  HEALTHCHECK(image, { text }) {
    image.healthCheck = commandOf(text.replace(/^CMD /, ''))
  },

  CMD(image, { text }) {
    image.command = commandOf(text)
  },

  EXPOSE() {},
}

/** Absolute paths, as words of their own, are those of the image. */
const inFolder = (text: string, root: string) => text.replaceAll(/(?<=^|\s)\/(?=[a-z])/g, `${root}/`)

/** What a build has of its machine: the way to packages, first those that are here already. */
function outside(): NodeJS.ProcessEnv {
  const { PATH, HOME, HTTPS_PROXY, https_proxy, NODE_EXTRA_CA_CERTS } = process.env
  const known = { HOME, HTTPS_PROXY, https_proxy, NODE_EXTRA_CA_CERTS, npm_config_prefer_offline: 'true' }
  const given = Object.entries(known).filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(given), PATH: [dirname(process.execPath), PATH].join(delimiter) }
}
