// Programs and features of the machine that some tests need. If one is missing, these tests are skipped with a message
// that says how to install it; in CI this is a failure.

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** @returns whether to skip; for `test.skipIf` */
export function isMissing(found: unknown, remedy: string): boolean {
  if (found) return false
  if (process.env.CI) throw new Error(remedy)
  console.warn(`Tests are skipped. ${remedy}`)
  return true
}

/** The path of the first program that exists, given by path or by name in PATH. */
export function findProgram(...names: (string | undefined)[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names
    .flatMap((name) => (name ? [name, ...folders.map((folder) => join(folder, name))] : []))
    .find(isExecutable)
}

function isExecutable(path: string): boolean {
  if (!path.includes('/')) return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
