// Step "node": which Node versions of the buildpack match engines.node. The buildpack parses the range with
// blang/semver, which requires complete versions and knows no carets, and then with Masterminds/semver, which joins
// comparators by commas instead of blanks.

import { satisfies } from 'semver'
import { platform } from '../platform/platform.ts'
import { throwFinding } from '../report/finding.ts'

const BLANG = /^(>=|<=|>|<|==?|!=?)?(\d+\.\d+\.\d+(-[\w.]+)?|\d+\.\d+\.x|\d+\.x(\.x)?)$/
const MASTERMINDS = /^(=|!=|>|<|>=|=>|<=|=<|~>?|\^)?\s*v?([\dxX*]+)(\.[\dxX*]+){0,2}(-[\w.]+)?$/

/** @returns the matching versions of the buildpack, oldest first */
export function matchNode(range: string): string[] {
  const alternatives = parse(range)
  if (!alternatives) {
    return throwFinding(`engines.node is "${range}", which the buildpack cannot parse ("improper constraint").`, {
      fact: 'the buildpack joins comparators by a blank only if each has a complete version.',
      remedy: 'Set engines.node in package.json to a line, such as "24.x".',
    })
  }
  const matching = platform.nodeVersions.filter((version) =>
    alternatives.some((all) => all.every((comparator) => matches(version, comparator))),
  )
  if (matching.length > 0) return matching
  return throwFinding(`engines.node is "${range}", which matches no version of the buildpack.`, {
    fact: `the buildpack ships two patches of each line, which may not be the newest: ${platform.nodeVersions.join(', ')}.`,
    remedy: 'Require a line instead of a patch: "24.x" in engines.node of package.json.',
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
  // Masterminds/semver compares an incomplete version by its own rules: >24 is >24.0.0, and <24 includes 24.x.
  const [, sign, partial] = /^([<>])\s*v?(\d+(?:\.\d+)?)$/.exec(comparator) ?? []
  if (sign === '>') return satisfies(version, `>${partial}${partial!.includes('.') ? '.0' : '.0.0'}`)
  if (sign === '<') return satisfies(version, `<=${partial}`)
  return satisfies(version, comparator.replace(/^=>/, '>=').replace(/^=</, '<=').replace(/^==/, '='))
}

/** The version in .nvmrc, which counts if engines.node is missing. It may be the name of a long-term support line. */
export function readNvmrc(text: string): string {
  const wanted = text.trim().replace(/^v(?=\d)/, '')
  if (!wanted.startsWith('lts/')) return wanted === 'node' ? '*' : wanted
  return (
    platform.nodeLines[wanted.slice(4)] ??
    throwFinding(`.nvmrc requires "${wanted}", a line that the buildpack does not know.`, {
      fact: `the buildpack knows only ${Object.keys(platform.nodeLines).join(', ')}.`,
      remedy: 'Remove .nvmrc and set engines.node in package.json to a line, such as "24.x".',
    })
  )
}
