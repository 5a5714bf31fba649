// What the rehearsal knows about the application: the key "cf-rehearse" of its package.json, or defaults.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Settings {
  /** An OpenAPI document of the application, relative to its folder. */
  contract: string
  /** Paths for GET requests while instances come and go, in addition to the liveness path. */
  paths: string[]
  /** A path for POST requests with a JSON body. By default, one that the contract describes. */
  post: string | undefined
  /** A shell command that tests the application at BASE_URL. Undefined if there is none. */
  journeys: string | undefined
  /** What every line of the log has to be. */
  logs: LogFormat
  /** The process type that runs once as a task before the start, if services are bound. */
  migrate: string
}

export type LogFormat = 'json' | 'text'

const checks: Readonly<Record<keyof Settings, (value: unknown) => boolean>> = {
  contract: isText,
  paths: (value) => Array.isArray(value) && value.every(isPath),
  post: isPath,
  journeys: isText,
  logs: (value) => value === 'json' || value === 'text',
  migrate: isText,
}

const expected: Readonly<Record<keyof Settings, string>> = {
  contract: 'a file name',
  paths: 'a list of paths that begin with a slash',
  post: 'a path that begins with a slash',
  journeys: 'a shell command',
  logs: '"json" or "text"',
  migrate: 'a process type',
}

/** @throws {TypeError} for a setting that is unknown or has a wrong value */
export function readSettings(from: string): Settings {
  const file = join(from, 'package.json')
  const { scripts = {}, 'cf-rehearse': given = {} } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  for (const [name, value] of Object.entries(given)) checkSetting(name, value)
  return {
    contract: 'openapi.yaml',
    paths: ['/'],
    post: undefined,
    journeys: scripts.e2e && 'npm run --silent e2e',
    logs: 'text',
    migrate: 'migrate',
    ...given,
  }
}

function checkSetting(name: string, value: unknown) {
  if (!Object.hasOwn(checks, name)) {
    throw new TypeError(`"cf-rehearse" in package.json has "${name}"; it knows ${Object.keys(checks).join(', ')}.`)
  }
  const setting = name as keyof Settings
  if (!checks[setting](value))
    throw new TypeError(`"cf-rehearse.${name}" in package.json must be ${expected[setting]}.`)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isPath(value: unknown): boolean {
  return isText(value) && value.startsWith('/')
}
