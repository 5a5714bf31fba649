// Adds a feature with all of its parts, from a template.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { listFeature } from './feature-list.ts'
import { fillTemplate, type Template } from './fill-template.ts'
import { camelCase, isKebabCase, isReserved } from './names.ts'
import { editFiles, featureNames } from './project-files.ts'
import { insertRuledBlocks } from './ruled-blocks.ts'

const CONTRACT = 'openapi.yaml'

/** @throws {Error} where there can be no feature of this name */
export function newFeature(root: string, feature: string, template: Template = 'stored') {
  const { [CONTRACT]: blocks = '', ...files } = fillTemplate(template, feature)
  const refusal = refusalOf(root, feature, blocks)
  if (refusal) throw new Error(refusal)

  editFiles(root, [CONTRACT], (text) => insertRuledBlocks(text, blocks, 'chassis'))
  editFiles(root, ['src/features/index.ts'], (text) => listFeature(text, feature))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

/** @returns undefined for a name that is free */
function refusalOf(root: string, feature: string, blocks: string): string | undefined {
  const contract = readFileSync(join(root, CONTRACT), 'utf8')
  if (!isKebabCase(feature))
    return `"${feature}" is not a valid name: use lower case letters, digits and hyphens, as in order-items.`
  if (featureNames(root).includes(feature)) return `There is a feature "${feature}" already.`
  if (isReserved(camelCase(feature)))
    return `"${feature}" is a reserved word of JavaScript. Use another name, such as ${feature}s.`
  if (isTaken(contract, feature)) return `${CONTRACT} has a path or a block "${feature}" already. Use another name.`
  const taken = takenName(contract, blocks)
  if (taken) return `${CONTRACT} has "${taken}" already, which "${feature}" would add. Use another name.`
  return undefined
}

/** A component or an operation that the contract has, and that the new blocks would add again. */
function takenName(contract: string, blocks: string): string | undefined {
  const lines = contract.split('\n')
  const names = blocks.match(/^ {4}[A-Z]\w+:$|^ +operationId: \w+$/gm) ?? []
  return names.find((line) => lines.includes(line))?.match(/(\w+):?$/)?.[1]
}

const isTaken = (contract: string, feature: string) =>
  new RegExp(`^ +(/${feature}:|# --- ${feature} ---$)`, 'm').test(contract)
