// What is left of a feature after its deletion. A feature that is an example, and so is meant to be deleted, lists the
// spellings of its name in tests/features/<name>/spellings.txt: a regular expression a line, which ignores case.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from '../change/text-files.ts'

/** @returns no pattern for a feature that lists no spellings, as one whose name is an everyday word */
export function readSpellings(root: string, feature: string): RegExp | undefined {
  const file = join(root, `tests/features/${feature}/spellings.txt`)
  if (!existsSync(file)) return undefined
  return new RegExp(readText(file).trim().split('\n').join('|'), 'i')
}

/** @returns each line that matches, as `docs/a.md:12: text` */
export function findTraces(root: string, files: string[], spellings: RegExp): string[] {
  return files.flatMap((file) => {
    const lines = readText(join(root, file)).split('\n')
    const named = spellings.test(file) ? [`${file} is named for it`] : []
    const found = lines.flatMap((line, at) => (spellings.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : []))
    return [...named, ...found]
  })
}
