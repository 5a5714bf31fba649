// The files of a new feature. Those in template/ stand at the paths that they will have in the project: my-things, in
// each of its spellings, becomes the feature's name, and my-thing its singular. A file that is added to a template
// becomes part of every new feature.

import { join } from 'node:path'
import { readText } from '../change/text-files.ts'
import { camelCase, constantCase, pascalCase } from './names.ts'
import { findFiles } from './project-files.ts'
import { singularOf, withArticle } from './singular.ts'

/** `stored` has a table, pages and a cache; `bare` has none of them. */
export type Template = 'stored' | 'bare'

/** @returns the texts of the files by their paths in the project */
export function fillTemplate(template: Template, feature: string): Record<string, string> {
  const folder = join(import.meta.dirname, 'template', template)
  const fill = createFiller(feature)
  const files = findFiles(folder, '**/*.template')
  return Object.fromEntries(
    files.map((file) => [fill(file.replace(/\.template$/, '')), fill(readText(join(folder, file)))]),
  )
}

function createFiller(feature: string): (text: string) => string {
  const singular = singularOf(feature)
  const replacements = new Map([
    [' a my thing', ` ${withArticle(inWords(singular))}`],
    ["'a my thing", `'${withArticle(inWords(singular))}`],
    ...spell('my-things', feature),
    ...spell('my-thing', singular),
  ])
  const placeholder = new RegExp([...replacements.keys()].join('|'), 'g')
  return (text) => text.replaceAll(placeholder, (found) => replacements.get(found)!)
}

const inWords = (name: string) => name.replaceAll('-', ' ')
const asSentence = (name: string) => inWords(name).replace(/^./, (letter) => letter.toUpperCase())
const snakeCase = (name: string) => name.replaceAll('-', '_')
const kebabCase = (name: string) => name

/** Pairs each spelling of one name with the same spelling of another. */
const spell = (from: string, to: string): [string, string][] =>
  [kebabCase, snakeCase, camelCase, pascalCase, constantCase, inWords, asSentence].map((spelling) => [
    spelling(from),
    spelling(to),
  ])
