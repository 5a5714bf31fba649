// What a rehearsal can be told on its command line.

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface Options {
  /** The folder that would be pushed. */
  from: string
  /** Relative to it. */
  manifest: string
  varsFiles: string[]
  vars: Record<string, string>
  /** The application of the manifest; the first one by default. */
  app?: string
  /** Whether bindings come as a file and not as a variable. */
  fileBindings: boolean
  report?: string
  cache?: string
  reuse: boolean
  /** The last step to make. */
  until?: StepName
  without: string[]
  help: boolean
}

export const optionalSteps = ['journeys', 'idle', 'rolling'] as const

/** In their order; some of them come only where the manifest or the Procfile asks for them. */
export const steps = [
  'files',
  'manifest',
  'node',
  'staging',
  'droplet',
  'services',
  'migrate',
  'start',
  'journeys',
  'log',
  'idle',
  'rolling',
  'stop',
  'last lines',
] as const

export type StepName = (typeof steps)[number]

export const usage = `npm run rehearse -- [options]

  --from <folder>       what would be pushed; the project by default
  --manifest <file>     manifest.yml by default
  --vars-file <file>    values of the manifest's ((variables)); may be repeated, later ones win
  --var <name>=<value>  one such value; may be repeated
  --app <name>          the application of the manifest, where there are several
  --file-bindings       hand bindings over as a file, as the feature file-based-vcap-services does
  --reuse               take the packages of an earlier rehearsal where the lock file is the same
  --until <step>        stop after this step: files, manifest, node, staging, droplet …
  --without <steps>     leave out some of ${optionalSteps.join(', ')}; separated by commas
  --report <file>       write what was found as JSON
  --cache <folder>      where Node and packages are kept between rehearsals`

/** @throws {TypeError} where it does not know what it is told */
export function readOptions(args: string[], root: string): Options {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: 'string', default: root },
      manifest: { type: 'string', default: 'manifest.yml' },
      'vars-file': { type: 'string', multiple: true, default: [] },
      var: { type: 'string', multiple: true, default: [] },
      app: { type: 'string' },
      'file-bindings': { type: 'boolean', default: false },
      reuse: { type: 'boolean', default: false },
      until: { type: 'string' },
      without: { type: 'string', default: '' },
      report: { type: 'string' },
      cache: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { from, 'vars-file': varsFiles, var: vars, 'file-bindings': fileBindings, without, until, ...rest } = values
  return {
    ...rest,
    from: resolve(from),
    varsFiles,
    vars: Object.fromEntries(vars.map(readVariable)),
    fileBindings,
    without: readWithout(without),
    ...(until !== undefined && { until: readUntil(until) }),
  }
}

function readVariable(given: string): [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(given) ?? []
  if (name === undefined || value === undefined) throw new TypeError(`--var takes <name>=<value>, not "${given}".`)
  return [name, value]
}

function readWithout(given: string): string[] {
  const names = given.split(',').filter(Boolean)
  const strange = names.find((name) => !optionalSteps.some((step) => step === name))
  if (strange) throw new TypeError(`--without takes some of ${optionalSteps.join(', ')}, not "${strange}".`)
  return names
}

function readUntil(given: string): StepName {
  const known = steps.find((step) => step === given)
  if (!known) throw new TypeError(`--until takes one of ${steps.join(', ')}, not "${given}".`)
  return known
}
