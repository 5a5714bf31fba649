// The files, or parts of files, that are made from others. Whatever is here has to be committed as it would be made.

import { readFileSync } from 'node:fs'
import openapiTypes, { astToString } from 'openapi-typescript'
import { backingSettings } from '../../src/backing/settings.ts'
import { bindingSettings } from '../../src/chassis/bindings/settings.ts'
import { chassisSettings } from '../../src/chassis/settings.ts'
import { features } from '../../src/features/index.ts'
import { envExample, readmeWithSettings, type SettingsGroup } from './settings.ts'

export interface Output {
  /** Its path in the project. */
  file: string
  /** Undefined where it was never made. */
  current: string | undefined
  wanted: string
}

const root = new URL('../../', import.meta.url)

export async function readOutputs(): Promise<Output[]> {
  const groups = settingsGroups()
  return [
    output('src/openapi.d.ts', await contractTypes()),
    output('.env.example', envExample(groups)),
    output('README.md', readmeWithSettings(readText('README.md') ?? '', groups)),
  ]
}

const output = (file: string, wanted: string): Output => ({ file, current: readText(file), wanted })

async function contractTypes(): Promise<string> {
  const types = astToString(await openapiTypes(new URL('openapi.yaml', root)))
  return `// Generated from openapi.yaml by \`npm run generate\`: change it there.\n\n${types}`
}

/** Every setting that there is, by whose it is. */
function settingsGroups(): SettingsGroup[] {
  return [
    { title: 'The service', settings: chassisSettings },
    { title: 'Backing services', settings: { ...bindingSettings, ...backingSettings } },
    ...features.map(({ name, settings }) => ({ title: `The feature ${name}`, settings })),
  ]
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(new URL(file, root), 'utf8')
  } catch {
    return undefined
  }
}
