// Runs a script of a project as npm does.

import { execFile } from 'node:child_process'
import { delimiter, join } from 'node:path'

export interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** @param args begin with the script, as `scripts/new.ts` */
export function runScript(root: string, ...args: string[]): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>()
  // The variables that Vitest sets must not reach the script.
  const { HOME, PATH, TMPDIR, NODE_V8_COVERAGE } = process.env
  const path = [join(root, 'node_modules/.bin'), PATH].join(delimiter)
  const env = { HOME, PATH: path, ...(TMPDIR && { TMPDIR }), ...(NODE_V8_COVERAGE && { NODE_V8_COVERAGE }) }
  const child = execFile(process.execPath, args, { cwd: root, env }, (_error, stdout, stderr) =>
    resolve({ code: child.exitCode ?? -1, stdout, stderr }),
  )
  return promise
}
