// What becomes of CHANGELOG.md when a version is released: what stood under "Unreleased" stands under the version then.

/**
 * A section that stands ready for the version, as `## [1.0.0] - unreleased`, gets its date, and what is unreleased
 * besides comes first in it.
 *
 * @throws {Error} where there is no section of what is unreleased, or one that the version was released under already
 */
export function releaseChangelog(text: string, { version, date }: { version: string; date: string }): string {
  const [before, unreleased, after] = splitAtUnreleased(text)
  const heading = `## [${version}] - ${date}`
  const ready = `## [${version}] - unreleased`
  if (after.startsWith(`${ready}\n`)) {
    return `${before}\n${heading}\n${unreleased && `\n${unreleased}\n`}${after.slice(ready.length + 1)}`
  }

  if (after.includes(`## [${version}]`)) throw new Error(`Version ${version} has a section already.`)
  return `${before}\n${heading}\n\n${unreleased || 'There is nothing to take over.'}\n${after && `\n${after}`}`
}

/** @returns what ends with its heading, what stands under it, and what begins with the next heading */
function splitAtUnreleased(text: string): [string, string, string] {
  const heading = text.match(/^## \[Unreleased\]\n/m)
  if (!heading) throw new Error('There is no section "## [Unreleased]".')
  const start = heading.index! + heading[0].length
  const rest = text.slice(start)
  const end = rest.match(/^## /m)?.index ?? rest.length
  return [text.slice(0, start), rest.slice(0, end).trim(), rest.slice(end)]
}
