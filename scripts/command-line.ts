// What all scripts have in common on the command line: --help, options that are checked, and how they end.

import { parseArgs } from 'node:util'

/** Describes a script, for --help and for reading its arguments. */
export interface CommandLine<Options extends Record<string, Option> = Record<string, Option>> {
  /** As `npm run new`. */
  command: string
  /** What may follow the command, as `-- <feature>`. */
  usage?: string
  /** What the script does, in a few sentences. */
  summary: string
  /** The arguments that are no options, by the name that `usage` gives them. Without it there are none. */
  parameters?: Record<string, string>
  options?: Options
  /** The tool that gets the arguments unread, such as `vitest run`. */
  passesArgumentsTo?: string
  examples: readonly string[]
}

export interface Option {
  type: 'boolean' | 'string'
  /** The placeholder for the value of a string, as `<file>`. */
  value?: string
  help: string
}

export interface Arguments<Options extends Record<string, Option>> {
  values: { [Name in keyof Options]?: Options[Name]['type'] extends 'boolean' ? boolean : string }
  positionals: string[]
}

/** The arguments are wrong, as opposed to the work having failed. */
export class UsageError extends Error {}

/**
 * Runs a script to its end. `--help` prints the usage and runs nothing. The exit code is 2 where the arguments are
 * wrong, and 1 where the work fails; either prints a sentence and no stack.
 */
export async function runScript<const Options extends Record<string, Option>>(
  commandLine: CommandLine<Options>,
  run: (args: Arguments<Options>) => Promise<void> | void,
  args: string[] = process.argv.slice(2),
): Promise<void> {
  // A reader such as `head` may stop reading; the script continues without it.
  process.stdout.on('error', () => {})
  if (asksForHelp(args)) return void process.stdout.write(renderHelp(commandLine))
  try {
    await run(commandLine.passesArgumentsTo ? { values: {}, positionals: args } : readArguments(commandLine, args))
  } catch (error) {
    const isUsage = error instanceof UsageError
    console.error((error as Error).message + (isUsage ? ` See "${commandLine.command} -- --help".` : ''))
    process.exitCode = isUsage ? 2 : 1
  }
}

/** @throws {UsageError} where an option is not one of these, or there is an argument too many */
export function readArguments<const Options extends Record<string, Option>>(
  { options, parameters }: CommandLine<Options>,
  args: string[],
): Arguments<Options> {
  try {
    const described = Object.entries(options ?? {}).map(([name, { type }]) => [name, { type }])
    const parsed = parseArgs({ args, options: Object.fromEntries(described), allowPositionals: Boolean(parameters) })
    return { values: parsed.values as Arguments<Options>['values'], positionals: parsed.positionals }
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\. |\.?\n/)
    throw new UsageError(`${sentence}.`)
  }
}

/** After `--`, every argument is a value. */
function asksForHelp(args: string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end === -1 ? undefined : end).some((arg) => arg === '--help' || arg === '-h')
}

export function renderHelp(commandLine: CommandLine): string {
  const { command, usage, summary, parameters = {}, options = {}, passesArgumentsTo, examples } = commandLine
  const described = [
    ...Object.entries(parameters).map(([name, help]) => [`<${name}>`, help]),
    ...Object.entries(options).map(([name, { value, help }]) => [`--${name}${value ? ` ${value}` : ''}`, help]),
    ['--help, -h', 'print this'],
  ]
  const width = Math.max(...described.map(([term = '']) => term.length))
  return [
    `Usage: ${[command, usage].filter(Boolean).join(' ')}`,
    '',
    summary,
    '',
    ...described.map(([term = '', help]) => `  ${term.padEnd(width)}  ${help}`),
    ...(passesArgumentsTo ? ['', `All other arguments are passed to ${passesArgumentsTo}.`] : []),
    '',
    examples.length > 1 ? 'Examples:' : 'Example:',
    '',
    ...examples.map((example) => `  ${example}`),
    '',
  ].join('\n')
}
