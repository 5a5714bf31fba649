// Reads ignore lines as the CLI's library does (sabhiram/go-gitignore). It differs from git: each file is looked at by
// itself, so that a file can come back though its folder stays out; and a question mark is only a question mark.

/** @returns whether a path, relative and with slashes, is ignored: the last line that matches decides */
export function createIgnore(lines: string[]): (path: string) => boolean {
  const rules = lines.flatMap(readLine)

  return function isIgnored(path) {
    return rules.findLast(({ pattern }) => pattern.test(path))?.ignores ?? false
  }
}

function readLine(given: string): { pattern: RegExp; ignores: boolean }[] {
  if (given.startsWith('#')) return []
  const line = given.replace(/\r+$/, '').replace(/^ +| +$/g, '')
  if (line === '') return []
  const comesBack = line.startsWith('!')
  const glob = (comesBack ? line.slice(1) : line).replace(/^\\(?=[#!])/, '')
  return [{ pattern: toPattern(anchor(glob)), ignores: !comesBack }]
}

/**
 * `folder/*.ext` counts from the root only, other lines with a slash in the middle anywhere. With a slash in front of it,
 * `/folder/*.ext` gets a second one, and matches nothing: that is how the library is.
 */
const anchor = (glob: string): string => (/([^/+])\/.*\*\./.test(glob) ? `/${glob}` : glob)

function toPattern(glob: string): RegExp {
  const body = glob
    .replace(/^\/(?=\*\*\/)/, '')
    .replace(/\/\*\*\/|\*\*\/|\/\*\*|\\\*|\*|[.?]/g, (found) => WILDCARDS[found] ?? `\\${found}`)
  const below = glob.endsWith('/') ? '(|.*)$' : '(|/.*)$'
  return new RegExp(body.startsWith('/') ? `^(|/)${body.slice(1)}${below}` : `^(|.*/)${body}${below}`)
}

const WILDCARDS: Readonly<Record<string, string>> = {
  '/**/': '(/|/.+/)',
  '**/': '(|.*/)',
  '/**': '(|/.*)',
  '\\*': '\\*',
  '*': '([^/]*)',
}
