// The blocks of a YAML file below a rule like `# --- orders ---`. A rule covers what follows at its indentation, up to
// the next rule there or to a line that is indented less. They are edited as text, so that comments and layout survive.

/** Removes every block of this name. A key that has nothing left below it is removed as well. */
export function removeRuledBlocks(text: string, name: string): string {
  const lines = text.split('\n')
  for (let at = findRule(lines, name); at !== -1; at = findRule(lines, name)) removeBlock(lines, at)
  return lines.join('\n')
}

/**
 * Inserts every block of another text into the section that it has there, above the block `before` of that section. A
 * block includes the blank lines that follow it.
 *
 * @throws {Error} where the section has no block `before`
 */
export function insertRuledBlocks(text: string, given: string, before: string): string {
  const lines = text.split('\n')
  const source = given.trimEnd().split('\n')
  for (const [start, line] of source.entries()) {
    if (!isRule(line)) continue
    const place = findPlace(lines, sectionOf(source, start), before)
    lines.splice(place, 0, ...source.slice(start, endOfBlock(source, start)))
  }
  return lines.join('\n')
}

function removeBlock(lines: string[], start: number) {
  let end = endOfBlock(lines, start)
  while (isBlank(lines[end - 1])) end--
  removeLines(lines, start, end)
  removeEmptyKey(lines, start - 1)
}

function removeEmptyKey(lines: string[], at: number) {
  const isKey = /^ *[^\s#].*:$/.test(lines[at] ?? '')
  if (!isKey || indentOf(nextLine(lines, at + 1)) > indentOf(lines[at])) return
  removeLines(lines, at, at + 1)
  removeEmptyKey(lines, at - 1)
}

/** One of the blank lines around what is removed is enough; at the beginning of a section there is none. */
function removeLines(lines: string[], from: number, to: number) {
  lines.splice(from, to - from)
  const opensSection = indentOf(lines[from - 1]) < indentOf(nextLine(lines, from))
  while (isBlank(lines[from]) && (isBlank(lines[from - 1]) || opensSection)) lines.splice(from, 1)
}

function findPlace(lines: string[], section: string, before: string): number {
  const start = lines.indexOf(section)
  const place = findRule(lines, before, start + 1)
  const between = lines.slice(start + 1, place)
  const isInside = between.every((line) => isBlank(line) || indentOf(line) > indentOf(section))
  if (start !== -1 && place !== -1 && isInside) return place
  throw new Error(`There is no rule "# --- ${before} ---" under "${section.trim()}": new blocks go above it.`)
}

/** The line after the block; blank lines at its end belong to it. */
function endOfBlock(lines: string[], start: number): number {
  const indent = indentOf(lines[start])
  const end = lines.findIndex((line, at) => {
    if (at <= start || isBlank(line)) return false
    return indentOf(line) < indent || (indentOf(line) === indent && isRule(line))
  })
  return end === -1 ? lines.length : end
}

/** The line of the key that a line is below. */
const sectionOf = (lines: string[], at: number) =>
  lines.slice(0, at).findLast((line) => !isBlank(line) && indentOf(line) < indentOf(lines[at])) ?? ''

const findRule = (lines: string[], name: string, from = 0) =>
  lines.findIndex((line, at) => at >= from && line.trim() === `# --- ${name} ---`)

const isRule = (line: string) => /^# --- \S+ ---$/.test(line.trim())

const nextLine = (lines: string[], from: number) => lines.slice(from).find((line) => !isBlank(line))

const isBlank = (line: string | undefined) => line?.trim() === ''

const indentOf = (line = '') => line.search(/\S/)
