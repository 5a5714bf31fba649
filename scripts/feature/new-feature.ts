// Lays down a feature from the files in template/, which stand there as they will in the project: my-feature, in each
// of its spellings, becomes the feature's name. A file that is added to the template becomes part of every new feature.

import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { listFeature } from './feature-list.ts'
import { camelCase, constantCase, isKebabCase, isReserved, pascalCase } from './names.ts'
import { editFiles, featureNames } from './project-files.ts'
import { insertRuledBlocks } from './ruled-blocks.ts'

const TEMPLATE = join(import.meta.dirname, 'template')
const CONTRACT = 'openapi.yaml'

/**
 * @returns the paths of the files that it made or edited
 * @throws {Error} where there can be no feature of this name
 */
export function newFeature(root: string, feature: string): string[] {
  const refusal = refusalOf(root, feature)
  if (refusal) throw new Error(refusal)

  const { [CONTRACT]: blocks = '', ...files } = fillTemplate(feature)
  const edited = [
    ...editFiles(root, [CONTRACT], (text) => insertRuledBlocks(text, blocks, 'chassis')),
    ...editFiles(root, ['src/features/index.ts'], (text) => listFeature(text, feature)),
  ]
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return [...Object.keys(files), ...edited]
}

/** @returns undefined for a name that can be had */
function refusalOf(root: string, feature: string): string | undefined {
  const contract = readFileSync(join(root, CONTRACT), 'utf8')
  if (!isKebabCase(feature))
    return `"${feature}" is no name: use lower case letters, digits and hyphens, as in order-items.`
  if (featureNames(root).includes(feature)) return `There is a feature "${feature}" already.`
  if (isReserved(camelCase(feature))) return `"${feature}" is a word of the language. Use another, as in ${feature}s.`
  if (isTaken(contract, feature)) return `${CONTRACT} has a path or a block "${feature}" already. Use another name.`
  return undefined
}

const isTaken = (contract: string, feature: string) =>
  new RegExp(`^ +(/${feature}:|# --- ${feature} ---$)`, 'm').test(contract)

/** @returns the texts of the files by their paths in the project */
function fillTemplate(feature: string): Record<string, string> {
  const fill = (text: string) =>
    text
      .replaceAll('my-feature', feature)
      .replaceAll('myFeature', camelCase(feature))
      .replaceAll('MyFeature', pascalCase(feature))
      .replaceAll('MY_FEATURE', constantCase(feature))
  const files = globSync('**/*.template', { cwd: TEMPLATE })
  return Object.fromEntries(
    files.map((file) => [fill(file.replace(/\.template$/, '')), fill(readFileSync(join(TEMPLATE, file), 'utf8'))]),
  )
}
