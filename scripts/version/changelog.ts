// Releases a version in CHANGELOG.md: moves what is under "Unreleased" to a section of the version.

/**
 * A section that is prepared for the version, as `## [1.0.0] - unreleased`, gets its date, and what is "Unreleased"
 * comes first in it.
 *
 * @throws {Error} where there is no section "Unreleased", or where the version was released already
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

/** @returns the text up to the heading, the section under it, and the text from the next heading on */
function splitAtUnreleased(text: string): [string, string, string] {
  const heading = text.match(/^## \[Unreleased\]\n/m)
  if (!heading) throw new Error('There is no section "## [Unreleased]".')
  const start = heading.index! + heading[0].length
  const rest = text.slice(start)
  const end = rest.match(/^## /m)?.index ?? rest.length
  return [text.slice(0, start), rest.slice(0, end).trim(), rest.slice(end)]
}
