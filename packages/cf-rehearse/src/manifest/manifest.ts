// Step "manifest": reads the manifest with its variables, as the CLI does.

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadAll, YAML11_SCHEMA } from 'js-yaml'
import { throwFinding } from '../report/finding.ts'
import { readAllWays, readValue, type Ways } from './yaml-values.ts'

export interface Process {
  type: string
  command?: string
  instances?: number
  memory?: string
  disk_quota?: string
  timeout?: number
  [attribute: string]: unknown
}

export interface Application extends Omit<Process, 'type'> {
  name: string
  buildpacks?: string[]
  env?: Record<string, unknown>
  processes?: Process[]
  services?: (string | { name: string; binding_name?: string })[]
}

export interface Variables {
  varsFiles: string[]
  vars: Record<string, string>
}

export type Warn = (warning: string) => void

export function readApplications(
  from: string,
  manifest: string,
  variables: Variables,
  warn: Warn = () => {},
): Application[] {
  const file = resolve(from, manifest)
  if (!existsSync(file)) {
    throwFinding(`There is no ${manifest}.`, {
      fact: 'without a manifest an application gets the defaults: 1 GB of memory, and a health check of the port only.',
      remedy: 'Write a manifest, or name it by --manifest.',
    })
  }
  return parseApplications(
    fillVariables(readFileSync(file, 'utf8'), readVariables(from, variables, warn)),
    manifest,
    warn,
  )
}

export function parseApplications(text: string, manifest: string, warn: Warn = () => {}): Application[] {
  const { applications } = (loadYaml(text, manifest) ?? {}) as { applications?: Application[] }
  const areMaps = Array.isArray(applications) && applications.every(isMap)
  if (areMaps && applications.length > 0) {
    const ways = readAllWays(text) as Record<keyof Ways, { applications: Application[] }>
    return applications.map((app, index) => {
      if (!isMap(app.env)) return canonical(app)
      const envOf = (way: keyof Ways) => ways[way].applications[index]!.env!
      const env = Object.fromEntries(
        Object.keys(app.env).map((name) => {
          const reading = { written: envOf('written')[name], yaml11: app.env![name], core: envOf('core')[name] }
          return [name, readEnvironment(name, reading, warn)]
        }),
      )
      return { ...canonical(app), env }
    })
  }
  return throwFinding(`${manifest} lists no applications.`, {
    fact: 'a manifest is a map with a list of applications, which are maps.',
    remedy: 'Begin the manifest with "applications:" and a list item "- name: …" below.',
  })
}

function readEnvironment(name: string, ways: Ways, warn: Warn): string {
  const { text, same } = readValue(ways)
  if (!same) {
    const written = typeof ways.written === 'string' ? ways.written : JSON.stringify(ways.written)
    warn(
      `env.${name} is ${written}, which YAML 1.1 may change; the application gets "${text}" here. Write it in quotes.`,
    )
  }
  return text
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** YAML 1.1, as the platform's Go library reads it. @returns undefined for an empty text */
export function loadYaml(text: string, file: string): unknown {
  try {
    return loadAll(text, { schema: YAML11_SCHEMA, json: true })[0]
  } catch (error) {
    return throwFinding(`${file} is not YAML: ${(error as Error).message.split('\n')[0]}`, {
      fact: 'the platform parses this file as YAML.',
      remedy: `Correct ${file}.`,
    })
  }
}

function readVariables(from: string, { varsFiles, vars }: Variables, warn: Warn): Record<string, unknown> {
  const files = varsFiles.map((file) => loadYaml(readFileSync(findFile(from, file), 'utf8'), file))
  const given = Object.entries(vars).map(([name, text]) => [name, readVariable(name, text, warn)])
  return Object.assign({}, ...files, Object.fromEntries(given))
}

/** The CLI parses the value as YAML. Quotes that are meant for YAML are no surprise, so they raise no warning. */
export function readVariable(name: string, text: string, warn: Warn): unknown {
  loadYaml(text, `--var ${name}`)
  const ways = readAllWays(text)
  if (typeof ways.written !== 'string') return ways.yaml11
  const { text: read, same } = readValue(ways)
  if (!same) warn(`--var ${name}=${text} is YAML, and becomes "${read}". To keep the text: --var ${name}='"${text}"'.`)
  return typeof ways.yaml11 === 'string' ? ways.core : ways.yaml11
}

/** Relative to the current folder, or to the application. */
export const findFile = (from: string, file: string): string => (existsSync(file) ? file : join(from, file))

const VARIABLE = /\(\(([-\w.]+)\)\)/g
const ONLY_A_VARIABLE = /^(\s*(?:- +)*(?:[-\w]+: +)?)\(\(([-\w.]+)\)\)(\s*(?:#.*)?)$/

/** A value that consists of a single variable keeps its type. */
export function fillVariables(text: string, variables: Record<string, unknown>): string {
  return text.replace(/^(?!\s*#).*$/gm, (line) => {
    const [, before, only, after] = ONLY_A_VARIABLE.exec(line) ?? []
    if (only !== undefined) return `${before}${JSON.stringify(lookUp(only))}${after}`
    return line.replace(VARIABLE, (_, name: string) => {
      const value = lookUp(name)
      return typeof value === 'object' ? JSON.stringify(value) : String(value)
    })
  })

  function lookUp(name: string): unknown {
    const value = variables[name]
    if (value !== undefined) return value
    return throwFinding(`The manifest's variable ((${name})) has no value.`, {
      fact: 'the CLI rejects a manifest with a variable that has no value.',
      remedy: `Set it by --var ${name}=… or in a file by --vars-file.`,
    })
  }
}

const CANONICAL = ['disk_quota', 'binding_name', 'process_types', 'hash_header', 'hash_balance']
const PARTS = ['processes', 'sidecars', 'routes', 'services', 'options']

/** Hyphens and underscores are the same to the platform. */
function canonical<Attributes extends object>(given: Attributes): Attributes {
  const entries = Object.entries(given).map(([key, value]) => {
    const name = CANONICAL.includes(key.replaceAll('-', '_')) ? key.replaceAll('-', '_') : key.replaceAll('_', '-')
    return [name, PARTS.includes(name) ? canonicalPart(value) : value]
  })
  return Object.fromEntries(entries) as Attributes
}

function canonicalPart(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonicalPart)
  return isMap(value) ? canonical(value) : value
}
