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

const NOT_APPLICABLE = 'not applicable: '

/**
 * The note of a test that does not apply to its subject: `skip(!store.isShared, notApplicable('no store is behind the
 * memory'))`, with the `skip` of the test's context. It needs nothing that is missing, so that it is not a gap in CI
 * either.
 */
export const notApplicable = (reason: string): string => NOT_APPLICABLE + reason

/** @returns the reason, where this is the note of a test that does not apply */
export const notApplicableReason = (note: string | undefined): string | undefined =>
  note?.startsWith(NOT_APPLICABLE) ? note.slice(NOT_APPLICABLE.length) : undefined

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
