// Matches ignore lines as the CLI's library does (sabhiram/go-gitignore). Unlike git, it checks each file by itself, so
// that a file can be included although its folder is excluded, and a question mark has no special meaning.

/** @returns whether a path, relative and with slashes, is ignored; the last matching line decides */
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
  const includes = line.startsWith('!')
  const glob = (includes ? line.slice(1) : line).replace(/^\\(?=[#!])/, '')
  try {
    return [{ pattern: toPattern(anchor(glob)), ignores: !includes }]
  } catch {
    return [] // The library skips a line that makes no regular expression, such as a lone backslash.
  }
}

/**
 * `folder/*.ext` matches at the root only; other lines with a slash in the middle match at any depth. `/folder/*.ext`
 * gets a second slash and matches nothing, because the library behaves this way.
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
