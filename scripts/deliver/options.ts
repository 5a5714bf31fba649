// The arguments of `npm run deliver`, and what it reads from the environment.

import { readArguments, UsageError } from '../command-line.ts'

export const commandLine = {
  command: 'npm run deliver',
  usage: '-- <target> [options]',
  summary:
    'Delivers the commit that is checked out: checks, tests and rehearses it, migrates, replaces the running version, and\nrolls back where the new one fails. docs/delivery.md describes each step.',
  parameters: { target: 'staging or production: a file deploy/<target>.vars.yml' },
  options: {
    strategy: { type: 'string', value: 'rolling|canary', help: 'how a running version is replaced [rolling]' },
    'max-in-flight': { type: 'string', value: '<number>', help: 'how many instances are replaced at once [1]' },
    'instance-steps': { type: 'string', value: '<percentages>', help: 'when a canary is verified, as 20,50' },
    'create-services': { type: 'boolean', help: 'create bound services that are missing, by deploy/services.sh' },
    tested: { type: 'boolean', help: 'the tests of this commit have passed already' },
    rehearsed: { type: 'boolean', help: 'the rehearsal of this commit has passed already' },
    url: { type: 'string', value: '<address>', help: 'the address of the service [its first route]' },
    patience: { type: 'string', value: '<seconds>', help: 'how long the new version may take to be reached [60]' },
    'dry-run': { type: 'boolean', help: 'print the commands, and run none' },
    first: { type: 'boolean', help: 'with --dry-run: the commands for an app that does not exist yet' },
  },
  examples: [
    'npm run deliver -- staging',
    'npm run deliver -- production --strategy canary --instance-steps 20,50',
    'npm run deliver -- staging --dry-run',
  ],
} as const

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

/** @throws {UsageError} where an argument is wrong */
export function readOptions(args: string[]): Options {
  const { values, positionals } = readArguments(commandLine, args)
  const [target, ...more] = positionals
  const strategy = values.strategy ?? 'rolling'
  if (!target || more.length > 0) throw new UsageError('Name one target, as staging.')
  if (!/^[a-z][a-z0-9-]*$/.test(target)) throw new UsageError(`A target can't be called "${target}".`)
  if (strategy !== 'rolling' && strategy !== 'canary') throw new UsageError(`There is no strategy "${strategy}".`)
  if (values['instance-steps'] && strategy !== 'canary')
    throw new UsageError('--instance-steps needs --strategy canary.')
  if (!/^[1-9]\d*$/.test(values['max-in-flight'] ?? '1'))
    throw new UsageError('--max-in-flight takes a number from 1 on.')
  if (!/^([1-9]\d?|100)(,([1-9]\d?|100))*$/.test(values['instance-steps'] ?? '1'))
    throw new UsageError('--instance-steps takes percentages from 1 to 100, as 20,50.')
  if (!/^\d+$/.test(values.patience ?? '0')) throw new UsageError('--patience takes a number of seconds.')
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

/**
 * @returns whether a client signs in, rather than a user
 * @throws {Error} that names every variable that is missing
 */
export function readSignIn(env: NodeJS.ProcessEnv): { asClient: boolean } {
  const asClient = Boolean(env.CF_CLIENT_ID || env.CF_CLIENT_SECRET)
  const credentials = asClient ? ['CF_CLIENT_ID', 'CF_CLIENT_SECRET'] : ['CF_USERNAME', 'CF_PASSWORD']
  const missing = ['CF_API', 'CF_ORG', 'CF_SPACE', ...credentials].filter((name) => !env[name])
  if (missing.length === 0) return { asClient }
  const other = asClient ? '' : ' For a client instead of a user, set CF_CLIENT_ID and CF_CLIENT_SECRET.'
  throw new Error(`The environment must name the target and the user. Missing: ${missing.join(', ')}.${other}`)
}
