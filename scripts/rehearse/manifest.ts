// Step "manifest": reads the manifest as the CLI does, with its variables, and gives the application that is pushed.

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { load } from 'js-yaml'
import { refuse } from './refusal.ts'

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

export function readApplications(from: string, manifest: string, variables: Variables): Application[] {
  const file = resolve(from, manifest)
  if (!existsSync(file)) {
    refuse(`There is no ${manifest}.`, {
      fact: 'without a manifest an application gets defaults: 1 GB of memory, a probe of the port alone.',
      remedy: 'Write one, or name it by --manifest.',
    })
  }
  const text = fillVariables(readFileSync(file, 'utf8'), readVariables(from, variables))
  const { applications } = (loadYaml(text, manifest) ?? {}) as { applications?: Application[] }
  if (Array.isArray(applications) && applications.length > 0) return applications
  return refuse(`${manifest} lists no applications.`, {
    fact: 'a manifest is a map with a list of applications.',
    remedy: 'Begin it with "applications:" and a list item "- name: …" below.',
  })
}

export function loadYaml(text: string, file: string): unknown {
  try {
    return load(text)
  } catch (error) {
    return refuse(`${file} is not YAML: ${(error as Error).message.split('\n')[0]}`, {
      fact: 'the platform reads it as YAML.',
      remedy: `Correct ${file}.`,
    })
  }
}

function readVariables(from: string, { varsFiles, vars }: Variables): Record<string, unknown> {
  const files = varsFiles.map((file) => loadYaml(readFileSync(findFile(from, file), 'utf8'), file))
  return Object.assign({}, ...files, vars)
}

/** Named from where one stands, or from what is pushed. */
export const findFile = (from: string, file: string): string => (existsSync(file) ? file : join(from, file))

/** A variable that is all there is of a value keeps its type. */
export function fillVariables(text: string, variables: Record<string, unknown>): string {
  return text.replace(/^(?!\s*#).*$/gm, (line) =>
    line.replace(/\(\(([-\w.]+)\)\)/g, (_, name: string) => {
      const value = variables[name]
      if (value !== undefined) return typeof value === 'object' ? JSON.stringify(value) : String(value)
      return refuse(`The manifest's variable ((${name})) has no value.`, {
        fact: 'the CLI refuses a manifest with a variable that nobody gives.',
        remedy: `Give it by --var ${name}=… or in a file by --vars-file.`,
      })
    }),
  )
}
