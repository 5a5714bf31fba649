// Adds a feature from the files in template/, whose paths are those in the project: my-feature, in each of its
// spellings, becomes the feature's name. A file that is added to the template becomes part of every new feature.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readText } from '../change/text-files.ts'
import { listFeature } from './feature-list.ts'
import { camelCase, constantCase, isKebabCase, isReserved, pascalCase } from './names.ts'
import { editFiles, featureNames, findFiles } from './project-files.ts'
import { insertRuledBlocks } from './ruled-blocks.ts'

const TEMPLATE = join(import.meta.dirname, 'template')
const CONTRACT = 'openapi.yaml'

/** @throws {Error} where there can be no feature of this name */
export function newFeature(root: string, feature: string) {
  const refusal = refusalOf(root, feature)
  if (refusal) throw new Error(refusal)

  const { [CONTRACT]: blocks = '', ...files } = fillTemplate(feature)
  editFiles(root, [CONTRACT], (text) => insertRuledBlocks(text, blocks, 'chassis'))
  editFiles(root, ['src/features/index.ts'], (text) => listFeature(text, feature))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

/** @returns undefined for a name that is free */
function refusalOf(root: string, feature: string): string | undefined {
  const contract = readFileSync(join(root, CONTRACT), 'utf8')
  if (!isKebabCase(feature))
    return `"${feature}" is not a valid name: use lower case letters, digits and hyphens, as in order-items.`
  if (featureNames(root).includes(feature)) return `There is a feature "${feature}" already.`
  if (isReserved(camelCase(feature)))
    return `"${feature}" is a reserved word of JavaScript. Use another name, such as ${feature}s.`
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
  const files = findFiles(TEMPLATE, '**/*.template')
  return Object.fromEntries(
    files.map((file) => [fill(file.replace(/\.template$/, '')), fill(readText(join(TEMPLATE, file)))]),
  )
}
