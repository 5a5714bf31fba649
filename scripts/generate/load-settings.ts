// The settings, from the modules that declare them. Any of these may be broken during development, so they are loaded one
// after the other, and what can't be loaded is named.

import { fileURLToPath } from 'node:url'
import type { Feature } from '../../src/ports/feature.ts'
import { featureNames } from '../feature/project-files.ts'
import type { SettingsGroup } from './settings.ts'

/** @throws {Error} that names each module that can't be loaded, with its error */
export async function loadSettings(root: URL): Promise<SettingsGroup[]> {
  const { chassisSettings } = await load('src/chassis/settings.ts', () => import('../../src/chassis/settings.ts'))
  const { bindingSettings } = await load(
    'src/chassis/bindings/settings.ts',
    () => import('../../src/chassis/bindings/settings.ts'),
  )
  const { backingSettings } = await load('src/backing/settings.ts', () => import('../../src/backing/settings.ts'))
  const features = await loadFeatures(root)
  return [
    { title: 'The service', settings: chassisSettings },
    { title: 'Backing services', settings: { ...bindingSettings, ...backingSettings } },
    ...features.map(({ name, settings }) => ({ title: `The feature ${name}`, settings })),
  ]
}

async function loadFeatures(root: URL): Promise<Feature[]> {
  try {
    return (await import('../../src/features/index.ts')).features
  } catch (error) {
    const failures = await Promise.all(featureNames(fileURLToPath(root)).map((name) => failureOf(name, root)))
    const sentences = failures.flatMap((failure) => failure ?? [])
    throw new Error(sentences.join('\n') || sentenceFor('src/features/index.ts', error), { cause: error })
  }
}

/** @returns undefined for a feature that can be loaded */
async function failureOf(name: string, root: URL): Promise<string | undefined> {
  try {
    await import(new URL(`src/features/${name}/index.ts`, root).href)
    return undefined
  } catch (error) {
    return sentenceFor(`The feature ${name}`, error)
  }
}

async function load<Module>(path: string, importModule: () => Promise<Module>): Promise<Module> {
  try {
    return await importModule()
  } catch (error) {
    throw new Error(sentenceFor(path, error), { cause: error })
  }
}

/** With the place in the sources, which is the first one in the stack. */
function sentenceFor(what: string, error: unknown): string {
  const { message, stack = '' } = error as Error
  const [, place] = /[/\\](src[/\\][^\s:]+:\d+)/.exec(stack) ?? []
  return `${what} can't be loaded: ${message}${place ? ` (${place})` : ''}.`
}
