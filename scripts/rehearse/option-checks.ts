// Looks before a rehearsal whether what its options name is there: a slip of the pen would otherwise show after half a
// minute, or never.

import { closeSync, existsSync, openSync } from 'node:fs'
import { findFile, readApplications } from './manifest.ts'
import type { Options } from './options.ts'

/** @throws {TypeError} where an option names what is not there, or what cannot be written */
export function checkOptions(options: Options) {
  const { from, varsFiles, report, app } = options
  if (!existsSync(from)) throw new TypeError(`--from names "${from}", which does not exist.`)
  const missing = varsFiles.find((file) => !existsSync(findFile(from, file)))
  if (missing !== undefined) throw new TypeError(`--vars-file names "${missing}", which does not exist.`)
  if (report !== undefined) demandWritable(report)
  if (app !== undefined) demandApplication(app, options)
}

function demandWritable(report: string) {
  try {
    closeSync(openSync(report, 'a'))
  } catch (error) {
    throw new TypeError(`--report names "${report}", which cannot be written: ${(error as Error).message}`)
  }
}

function demandApplication(app: string, options: Options) {
  const names = readNames(options)
  if (!names || names.includes(app)) return
  throw new TypeError(`--app names "${app}", and ${options.manifest} has ${names.join(', ')}.`)
}

/** @returns undefined where the manifest cannot be read, which is told at its own step */
function readNames(options: Options): string[] | undefined {
  try {
    return readApplications(options.from, options.manifest, options).map(({ name }) => name)
  } catch {
    return undefined
  }
}
