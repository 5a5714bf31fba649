// Step "node": which of the Node versions that the buildpack ships it would take. It reads a range first as
// blang/semver does, which wants whole versions and no carets, and then as Masterminds/semver does, which joins by
// commas and not by blanks.

import { satisfies } from 'semver'
import { platform } from './platform.ts'
import { refuse } from './refusal.ts'

const BLANG = /^(>=|<=|>|<|==?|!=?)?(\d+\.\d+\.\d+(-[\w.]+)?|\d+\.\d+\.x|\d+\.x(\.x)?)$/
const MASTERMINDS = /^(=|!=|>|<|>=|=>|<=|=<|~>?|\^)?\s*v?([\dxX*]+)(\.[\dxX*]+){0,2}(-[\w.]+)?$/

/** @returns the versions that are shipped and wanted, oldest first */
export function matchNode(range: string): string[] {
  const alternatives = parse(range)
  if (!alternatives) {
    return refuse(`engines.node is "${range}", which the buildpack cannot read ("improper constraint").`, {
      fact: 'the buildpack does not join comparators by a blank unless each has a whole version.',
      remedy: 'Write "24.x" into engines.node of package.json.',
    })
  }
  const matching = platform.nodeVersions.filter((version) =>
    alternatives.some((all) => all.every((comparator) => matches(version, comparator))),
  )
  if (matching.length > 0) return matching
  return refuse(`engines.node is "${range}", which none of the versions of the buildpack matches.`, {
    fact: `the buildpack ships two patches of a line, and not the newest: ${platform.nodeVersions.join(', ')}.`,
    remedy: 'Ask for the line and not for a patch: "24.x" in engines.node of package.json.',
  })
}

function parse(range: string): string[][] | undefined {
  const alternatives = range.split('||').map((part) => part.trim())
  const blang = alternatives.map((part) => part.replaceAll(/([<>=!])\s+/g, '$1').split(/\s+/))
  if (blang.flat().every((comparator) => BLANG.test(comparator))) return blang
  const masterminds = alternatives.map((part) =>
    part
      .replace(/^(\S+) - (\S+)$/, '>=$1,<=$2')
      .split(',')
      .map((comparator) => comparator.trim()),
  )
  return masterminds.flat().every((comparator) => MASTERMINDS.test(comparator)) ? masterminds : undefined
}

function matches(version: string, comparator: string): boolean {
  if (comparator.startsWith('!')) return !satisfies(version, comparator.replace(/^!=?/, ''))
  return satisfies(version, comparator.replace(/^=>/, '>=').replace(/^=</, '<=').replace(/^==/, '='))
}

/** What is asked for in .nvmrc, where engines says nothing; a line of long-term support by its name. */
export function readNvmrc(text: string): string {
  const wanted = text.trim().replace(/^v(?=\d)/, '')
  if (!wanted.startsWith('lts/')) return wanted === 'node' ? '*' : wanted
  return (
    platform.nodeLines[wanted.slice(4)] ??
    refuse(`.nvmrc asks for "${wanted}", a line that the buildpack does not know.`, {
      fact: `the buildpack knows ${Object.keys(platform.nodeLines).join(', ')} alone.`,
      remedy: 'Remove .nvmrc and write "24.x" into engines.node of package.json.',
    })
  )
}
