// The npm of this machine, and the settings with which it reaches its registry. Staging gets these settings; they are
// never printed.

import { execFileSync } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface Npm {
  version: string
  /** npm-cli.js. */
  file: string
  /** The folder of the package. */
  folder: string
}

export function findNpm(env: NodeJS.ProcessEnv = process.env): Npm {
  const folders = (env.PATH ?? '').split(delimiter)
  const found = [env.npm_execpath, ...folders.map((folder) => join(folder, 'npm'))].map(realPath)
  const file = found.find((path) => path?.endsWith('npm-cli.js'))
  if (!file) throw new Error('npm is not in PATH.')
  const folder = join(file, '../..')
  return { file, folder, version: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version }
}

function realPath(path: string | undefined): string | undefined {
  try {
    return path && realpathSync(path)
  } catch {
    return undefined
  }
}

/** Settings with which a registry is reached. Other settings of the user must not affect staging. */
const REGISTRY =
  /^(registry|@[^:]+:registry|\/\/.+|(https?[-_])?proxy|no_?proxy|ca(\[\])?|cafile|cert|key|strict[-_]ssl|fetch[-_].+|_auth.*|maxsockets|(prefer[-_])?offline)$/

/** The lines of npmrc files with which a registry is reached. */
export const keepRegistryLines = (npmrc: string): string =>
  npmrc
    .split('\n')
    .filter((line) => REGISTRY.test(/^\s*([^=]+?)\s*=/.exec(line)?.[1] ?? ''))
    .join('\n')

export function registryNpmrc(npm: Npm, env: NodeJS.ProcessEnv = process.env): string {
  const user = env.npm_config_userconfig ?? join(homedir(), '.npmrc')
  return keepRegistryLines([readText(globalConfig(npm, env)), readText(user)].join('\n'))
}

function globalConfig({ file }: Npm, env: NodeJS.ProcessEnv): string {
  return (
    env.npm_config_globalconfig ??
    execFileSync(process.execPath, [file, 'config', 'get', 'globalconfig'], {
      encoding: 'utf8',
      timeout: 20_000,
    }).trim()
  )
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const PROXIES = /^(https?_proxy|no_proxy|all_proxy|node_extra_ca_certs|ssl_cert_(file|dir))$/i

/** The environment variables with which a registry is reached. */
export const registryVariables = (env: NodeJS.ProcessEnv = process.env): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => {
      const [name, value] = entry
      const setting = /^npm_config_(.+)$/i.exec(name)?.[1]
      return Boolean(value) && (PROXIES.test(name) || REGISTRY.test(setting?.toLowerCase() ?? ''))
    }),
  )
