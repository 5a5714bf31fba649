// What `npm run deliver` is told: by its arguments, and by the environment.

import { parseArgs } from 'node:util'

export const usage = `npm run deliver -- staging|production [options]
  --strategy rolling|canary   how a running version is replaced (rolling)
  --max-in-flight <number>    how many instances are replaced at once (1)
  --instance-steps 20,50      the percentages at which a canary is looked at
  --create-services           creates the bound services that are missing, by deploy/services.sh
  --tested, --rehearsed       these have been run for this commit already
  --url <address>             where it is reached, if not at its first route
  --patience <seconds>        how long the new version may take to be reached (60)
  --dry-run [--first]         prints the commands for a running app, or for one that is not there yet
  --help                      prints this`

export interface Options {
  target: string
  strategy: 'rolling' | 'canary'
  maxInFlight?: string | undefined
  instanceSteps?: string | undefined
  createServices: boolean
  tested: boolean
  rehearsed: boolean
  url?: string | undefined
  patience: string
  dryRun: boolean
  first: boolean
}

/** @throws {Error} that tells the usage */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parse(args)
  const [target, ...more] = positionals
  const strategy = values.strategy ?? 'rolling'
  if (!target || more.length > 0) throw new Error(usage)
  if (!/^[a-z][a-z0-9-]*$/.test(target)) throw new Error(`A target can't be called "${target}".\n${usage}`)
  if (strategy !== 'rolling' && strategy !== 'canary') throw new Error(`There is no strategy "${strategy}".\n${usage}`)
  if (values['instance-steps'] && strategy !== 'canary') throw new Error('--instance-steps needs --strategy canary.')
  if (!/^[1-9]\d*$/.test(values['max-in-flight'] ?? '1')) throw new Error('--max-in-flight takes a number from 1 on.')
  if (!/^([1-9]\d?|100)(,([1-9]\d?|100))*$/.test(values['instance-steps'] ?? '1'))
    throw new Error('--instance-steps takes percentages from 1 to 100, as 20,50.')
  if (!/^\d+$/.test(values.patience ?? '0')) throw new Error('--patience takes a number of seconds.')
  return {
    target,
    strategy,
    maxInFlight: values['max-in-flight'],
    instanceSteps: values['instance-steps'],
    createServices: values['create-services'] ?? false,
    tested: values.tested ?? false,
    rehearsed: values.rehearsed ?? false,
    url: values.url?.replace(/\/+$/, ''),
    patience: values.patience ?? '60',
    dryRun: values['dry-run'] ?? false,
    first: values.first ?? false,
  }
}

function parse(args: string[]) {
  const flag = { type: 'boolean' } as const
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        strategy: text,
        'max-in-flight': text,
        'instance-steps': text,
        'create-services': flag,
        tested: flag,
        rehearsed: flag,
        url: text,
        patience: text,
        'dry-run': flag,
        first: flag,
      },
    })
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`)
  }
}

/**
 * @returns whether a client signs in, rather than a user
 * @throws {Error} that names every variable that is missing
 */
export function readSignIn(env: NodeJS.ProcessEnv): { asClient: boolean } {
  const asClient = Boolean(env.CF_CLIENT_ID || env.CF_CLIENT_SECRET)
  const who = asClient ? ['CF_CLIENT_ID', 'CF_CLIENT_SECRET'] : ['CF_USERNAME', 'CF_PASSWORD']
  const missing = ['CF_API', 'CF_ORG', 'CF_SPACE', ...who].filter((name) => !env[name])
  if (missing.length === 0) return { asClient }
  const other = asClient ? '' : ' A client signs in by CF_CLIENT_ID and CF_CLIENT_SECRET instead of a user.'
  throw new Error(
    `The environment has to say where to deliver to, and as whom. Missing: ${missing.join(', ')}.${other}`,
  )
}
