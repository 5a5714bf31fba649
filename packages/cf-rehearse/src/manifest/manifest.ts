// Step "manifest": reads the manifest with its variables, as the CLI does.

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadAll, YAML11_SCHEMA } from 'js-yaml'
import { throwFinding } from '../report/finding.ts'

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
    throwFinding(`There is no ${manifest}.`, {
      fact: 'without a manifest an application gets the defaults: 1 GB of memory, and a health check of the port only.',
      remedy: 'Write a manifest, or name it by --manifest.',
    })
  }
  const text = fillVariables(readFileSync(file, 'utf8'), readVariables(from, variables))
  const { applications } = (loadYaml(text, manifest) ?? {}) as { applications?: Application[] }
  if (Array.isArray(applications) && applications.length > 0) return applications
  return throwFinding(`${manifest} lists no applications.`, {
    fact: 'a manifest is a map with a list of applications.',
    remedy: 'Begin the manifest with "applications:" and a list item "- name: …" below.',
  })
}

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

function readVariables(from: string, { varsFiles, vars }: Variables): Record<string, unknown> {
  const files = varsFiles.map((file) => loadYaml(readFileSync(findFile(from, file), 'utf8'), file))
  return Object.assign({}, ...files, vars)
}

/** Relative to the current folder, or to the application. */
export const findFile = (from: string, file: string): string => (existsSync(file) ? file : join(from, file))

/** A value that consists of a single variable keeps its type. */
export function fillVariables(text: string, variables: Record<string, unknown>): string {
  return text.replace(/^(?!\s*#).*$/gm, (line) =>
    line.replace(/\(\(([-\w.]+)\)\)/g, (_, name: string) => {
      const value = variables[name]
      if (value !== undefined) return typeof value === 'object' ? JSON.stringify(value) : String(value)
      return throwFinding(`The manifest's variable ((${name})) has no value.`, {
        fact: 'the CLI rejects a manifest with a variable that has no value.',
        remedy: `Set it by --var ${name}=… or in a file by --vars-file.`,
      })
    }),
  )
}
