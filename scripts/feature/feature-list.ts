// The two lines that a feature has in src/features/index.ts: an import and an entry of the list. The formatter sorts
// the imports.

import { camelCase } from './names.ts'

const imports = /(?:^import .*\n)+/m
const list = /(?<=^export const features: Feature\[\] = \[)[^\]]*/m

/** A feature that is not listed leaves the source as it is. */
export function unlistFeature(source: string, feature: string): string {
  const line = new RegExp(`^import (\\w+) from '\\./${feature}/index\\.ts'\\n`, 'm')
  const [, identifier] = source.match(line) ?? []
  if (!identifier) return source
  const entry = new RegExp(`\\n?[ \\t]*\\b${identifier}\\b,?`)
  return source.replace(line, '').replace(list, (entries) => entries.replace(entry, ''))
}

/** @throws {Error} where the source has no list to add to */
export function listFeature(source: string, feature: string): string {
  if (!list.test(source)) throw new Error('src/features/index.ts has no "export const features: Feature[] = […]".')
  const identifier = camelCase(feature)
  return source
    .replace(imports, (lines) => `${lines}import ${identifier} from './${feature}/index.ts'\n`)
    .replace(list, (entries) => `${entries.trimEnd().replace(/\w$/, '$&,')}\n  ${identifier},\n`)
}
