// The diffs of a guide in Markdown, such as docs/first-feature.md: code blocks that begin with the word diff and the path
// of a file. Hunks are separated by "@@", stand in the order of the file, and have no line numbers.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Diff {
  path: string
  hunks: string[][]
}

/** @throws {Error} naming the hunk that does not apply, before its file is changed */
export function applyGuide(root: string, guide: string): void {
  for (const { path, hunks } of readDiffs(guide)) {
    const file = join(root, path)
    writeFileSync(file, applyHunks(readFileSync(file, 'utf8'), hunks, path))
  }
}

/** How many lines a guide adds to the files below a folder; blank lines don't count. */
export const countAdded = (guide: string, folder: string): number =>
  readDiffs(guide)
    .filter(({ path }) => path.startsWith(folder))
    .flatMap(({ hunks }) => hunks.flat())
    .filter((line) => /^\+.*\S/.test(line)).length

function readDiffs(guide: string): Diff[] {
  return [...guide.matchAll(/^```diff (\S+)\n(.*?)^```$/gms)].map(([, path = '', body = '']) => ({
    path,
    hunks: body.split(/^@@\n/m).map((hunk) => hunk.trimEnd().split('\n')),
  }))
}

/** Each hunk is looked for after the one before it. */
function applyHunks(text: string, hunks: string[][], path: string): string {
  let done = ''
  let rest = text
  for (const hunk of hunks) {
    const before = linesWithout('+', hunk)
    const at = `\n${rest}`.indexOf(`\n${before}`)
    if (at === -1) throw new Error(`${path} has no lines like these:\n${before}`)
    done += rest.slice(0, at) + linesWithout('-', hunk)
    rest = rest.slice(at + before.length)
  }
  return done + rest
}

/** A blank line may lack the space that stands for context, since editors remove it. */
const linesWithout = (sign: '+' | '-', hunk: string[]) =>
  hunk
    .filter((line) => !line.startsWith(sign))
    .map((line) => `${line.slice(1)}\n`)
    .join('')
