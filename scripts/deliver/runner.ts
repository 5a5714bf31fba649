// Runs the commands of a delivery, or only prints them.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Argument, type Command, expand, lineOf, pick } from './command.ts'

export interface Runner {
  /** @throws {Error} where it ends with another exit code than 0 */
  run(command: Command): Promise<void>
  succeeds(command: Command): Promise<boolean>
  /** What an earlier command has captured under this name. */
  captured(name: string): string
  /** Prints what is done next. */
  announce(text: string): void
}

/** For `cf auth` alone. */
const SECRETS = ['CF_PASSWORD', 'CF_CLIENT_SECRET']

export interface RunnerOptions {
  root: string
  env: NodeJS.ProcessEnv
  print: (text: string) => void
}

export function createRunner({ root, env, print }: RunnerOptions): Runner {
  const captured: Record<string, string> = {}
  const succeeds = async (command: Command) => {
    print(`$ ${lineOf(command)}\n`)
    const { args, env: own = {}, into } = command
    const variables = { ...env, ...captured }
    const value = (argument: Argument) => expand(argument, variables)
    const settings = Object.fromEntries(Object.entries(own).map(([name, argument]) => [name, value(argument)]))

    const child = spawn(command.program, args.map(value), {
      cwd: root,
      env: { ...environmentOf(command, env), ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', into ? (text) => (printed += text) : print)
    child.stderr.setEncoding('utf8').on('data', print)
    const [code] = await once(child, 'close').catch((cause) => {
      throw new Error(`${command.program} can't be run. Is it installed?`, { cause })
    })
    if (into && code === 0) captured[into.name] = into.path ? pick(printed, into.path) : printed.trim()
    return code === 0
  }

  return {
    succeeds,
    async run(command) {
      if (!(await succeeds(command))) throw new Error(`This failed: ${lineOf(command)}`)
    },
    captured: (name) => captured[name] ?? '',
    announce: (text) => print(`\n# ${text}\n`),
  }
}

/**
 * Prints the commands for a shell, and runs none.
 *
 * @param assumed what the platform would answer, in order, by the names under which it is captured
 */
export function createDryRunner(print: (text: string) => void, assumed: Record<string, string[]>): Runner {
  const printCommand = (command: Command) => print(`${lineOf(command)}\n`)
  return {
    run: async (command) => printCommand(command),
    async succeeds(command) {
      printCommand(command)
      return !(command.into && assumed[command.into.name]?.length === 0)
    },
    captured: (name) => assumed[name]?.shift() ?? '',
    announce: (text) => print(`# ${text}\n`),
  }
}

/** Only commands of the platform get the login, which is in CF_HOME. */
function environmentOf({ program, args }: Command, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (program === 'cf' && args[0] === 'auth') return env
  const platform = program === 'cf' || program === 'sh'
  const isKept = (name: string) => (platform ? !SECRETS.includes(name) : !name.startsWith('CF_'))
  return Object.fromEntries(Object.entries(env).filter(([name]) => isKept(name)))
}
