// The options of the command line.

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface Options {
  /** The folder of the application. */
  from: string
  /** Relative to that folder. */
  manifest: string
  varsFiles: string[]
  vars: Record<string, string>
  /** The application of the manifest; the first one by default. */
  app?: string
  /** Whether bindings are in a file instead of in VCAP_SERVICES. */
  fileBindings: boolean
  report?: string
  cache?: string
  reuse: boolean
  /** The last step to run. */
  until?: StepName
  without: string[]
  help: boolean
}

export const optionalSteps = ['journeys', 'idle', 'rolling'] as const

/** In their order. "services" and "migrate" run only if the manifest has services. */
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

export const usage = `cf-rehearse [options]

  --from <folder>       the application to push; the current folder by default
  --manifest <file>     manifest.yml by default
  --vars-file <file>    values for the ((variables)) of the manifest; may be repeated, later ones win
  --var <name>=<value>  the value of one variable; may be repeated
  --app <name>          the application of the manifest; the first one by default
  --file-bindings       provide bindings in a file, as the feature file-based-vcap-services does
  --reuse               reuse the packages of an earlier rehearsal if the lock file is the same
  --until <step>        stop after this step: files, manifest, node, staging, droplet …
  --without <steps>     leave out steps, separated by commas: ${optionalSteps.join(', ')}
  --report <file>       write the report as JSON
  --cache <folder>      keeps Node and packages between rehearsals
  --help                print this help`

/** @throws {TypeError} for an unknown option or a wrong value */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: 'string', default: '.' },
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
    without: readOptionalSteps(without),
    ...(until !== undefined && { until: readUntil(until) }),
  }
}

function readVariable(given: string): [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(given) ?? []
  if (name === undefined || value === undefined) throw new TypeError(`--var takes <name>=<value>, not "${given}".`)
  return [name, value]
}

function readOptionalSteps(given: string): string[] {
  const names = given.split(',').filter(Boolean)
  const unknown = names.find((name) => !optionalSteps.some((step) => step === name))
  if (unknown) throw new TypeError(`--without takes some of ${optionalSteps.join(', ')}, not "${unknown}".`)
  return names
}

function readUntil(given: string): StepName {
  const known = steps.find((step) => step === given)
  if (!known) throw new TypeError(`--until takes one of ${steps.join(', ')}, not "${given}".`)
  return known
}
