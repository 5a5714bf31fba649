// Checks before the first step whether the files and names in the options exist. Otherwise a typing mistake would show
// after half a minute, or never.

import { closeSync, existsSync, openSync } from 'node:fs'
import { findFile, readApplications } from '../manifest/manifest.ts'
import type { Options } from './options.ts'

/** @throws {TypeError} if an option names something that does not exist or cannot be written */
export function checkOptions(options: Options) {
  const { from, varsFiles, report, app } = options
  if (!existsSync(from)) throw new TypeError(`--from names "${from}", which does not exist.`)
  const missing = varsFiles.find((file) => !existsSync(findFile(from, file)))
  if (missing !== undefined) throw new TypeError(`--vars-file names "${missing}", which does not exist.`)
  if (report !== undefined) requireWritable(report)
  if (app !== undefined) requireApplication(app, options)
}

function requireWritable(report: string) {
  try {
    closeSync(openSync(report, 'a'))
  } catch (error) {
    throw new TypeError(`--report names "${report}", which cannot be written: ${(error as Error).message}`)
  }
}

function requireApplication(app: string, options: Options) {
  const names = readNames(options)
  if (!names || names.includes(app)) return
  throw new TypeError(`--app names "${app}", but ${options.manifest} has ${names.join(', ')}.`)
}

/** @returns undefined if the manifest cannot be read; the step "manifest" reports why */
function readNames(options: Options): string[] | undefined {
  try {
    return readApplications(options.from, options.manifest, options).map(({ name }) => name)
  } catch {
    return undefined
  }
}
