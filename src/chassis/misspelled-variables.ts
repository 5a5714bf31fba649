// Environment variables that are not settings, but look like misspelled ones: PORTT, LOGLEVEL, DATABSE_URL. Most
// variables belong to other programs, so a name counts only if it is very close to that of a setting.

import type { Log } from '../ports/log.ts'

export interface Misspelled {
  variable: string
  /** The setting that was probably meant. */
  setting: string
}

/** Logs one line that names them; values are not logged, because they may be secrets. */
export function warnOfMisspelled(log: Log, env: NodeJS.ProcessEnv, settings: string[]) {
  const misspelled = findMisspelled(Object.keys(env), settings)
  if (misspelled.length === 0) return
  const names = misspelled.map(({ variable, setting }) => `${variable} (did you mean ${setting}?)`).join(', ')
  log.warn({ misspelled }, `environment variables that are not settings: ${names}`)
}

export function findMisspelled(variables: string[], settings: string[]): Misspelled[] {
  const known = new Set(settings)
  return variables
    .filter((variable) => !known.has(variable))
    .flatMap((variable) => {
      const setting = nearest(variable, settings)
      return setting ? [{ variable, setting }] : []
    })
}

function nearest(variable: string, settings: string[]): string | undefined {
  const given = withoutSeparators(variable)
  return settings
    .filter((name) => isMisspelling(given, withoutSeparators(name)))
    .sort((a, b) => countEdits(variable, a) - countEdits(variable, b))
    .at(0)
}

const withoutSeparators = (name: string) => name.toUpperCase().replace(/[_-]/g, '')

function isMisspelling(given: string, wanted: string): boolean {
  if (Math.abs(given.length - wanted.length) > 2) return false
  if (withoutDoubles(given) === withoutDoubles(wanted)) return true
  // Longer names are often derived on purpose, such as REDIS_URL_2.
  if (given.startsWith(wanted)) return false
  const edits = countEdits(given, wanted)
  // One edit makes another word of a short name, such as POST of PORT; only swapped letters are a mistake there.
  if (wanted.length < 6) return edits === 1 && sorted(given) === sorted(wanted)
  return edits <= (wanted.length < 12 ? 1 : 2)
}

const withoutDoubles = (name: string) => name.replace(/(.)\1+/g, '$1')

const sorted = (name: string) => [...name].sort().join('')

/** Letters inserted, left out, replaced, or swapped with their neighbour (optimal string alignment distance). */
function countEdits(given: string, wanted: string): number {
  const rows = [Array.from({ length: wanted.length + 1 }, (_, column) => column)]
  for (let row = 1; row <= given.length; row++) {
    const edits = [row]
    for (let column = 1; column <= wanted.length; column++) {
      const replaced = rows[row - 1]![column - 1]! + (given[row - 1] === wanted[column - 1] ? 0 : 1)
      const swapped = isSwapped(row, column) ? rows[row - 2]![column - 2]! + 1 : replaced
      edits.push(Math.min(replaced, swapped, rows[row - 1]![column]! + 1, edits[column - 1]! + 1))
    }
    rows.push(edits)
  }
  return rows.at(-1)!.at(-1)!

  function isSwapped(row: number, column: number): boolean {
    return row > 1 && column > 1 && given[row - 1] === wanted[column - 2] && given[row - 2] === wanted[column - 1]
  }
}
