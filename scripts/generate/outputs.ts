// The files, or parts of files, that are generated. They are committed as they are generated.

import { existsSync, readFileSync } from 'node:fs'
import openapiTypes, { astToString } from 'openapi-typescript'
import { withLineEndsOf, withUnixLineEnds } from '../change/text-files.ts'
import { loadSettings } from './load-settings.ts'
import { envExample, pageWithSettings } from './settings.ts'

export interface Output {
  /** Its path in the project. */
  file: string
  /** Undefined where it was never generated. */
  current: string | undefined
  wanted: string
}

const root = new URL('../../', import.meta.url)

/** They depend on openapi.yaml alone. */
export async function contractOutputs(): Promise<Output[]> {
  const types = await contractTypes()
  return [output('src/openapi.d.ts', () => types)]
}

/** @throws {Error} that names what can't be loaded, where the settings of a feature are not known */
export async function settingsOutputs(): Promise<Output[]> {
  const groups = await loadSettings(root)
  return [
    output('.env.example', () => envExample(groups)),
    output('docs/settings.md', (page) => pageWithSettings(page, groups)),
  ]
}

/** The wanted text has the line ends of the current one, and of openapi.yaml where there is none. */
function output(file: string, generate: (current: string) => string): Output {
  const current = existsSync(new URL(file, root)) ? readFileSync(new URL(file, root), 'utf8') : undefined
  const model = current ?? readFileSync(new URL('openapi.yaml', root), 'utf8')
  return { file, current, wanted: withLineEndsOf(model, generate(withUnixLineEnds(current ?? ''))) }
}

async function contractTypes(): Promise<string> {
  try {
    const types = astToString(await openapiTypes(new URL('openapi.yaml', root), { silent: true }))
    return withUnixLineEnds(`// Generated from openapi.yaml by \`npm run generate\`: change it there.\n\n${types}`)
  } catch (error) {
    throw new Error(`No types can be generated from openapi.yaml: ${(error as Error).message}`, { cause: error })
  }
}
