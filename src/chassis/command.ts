// The command line: `node src/main.ts web`. Its only argument is a process type, as in the Procfile.

import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { Release } from '../ports/runtime.ts'
import { ConfigError, type Settings } from './config.ts'
import { timestamp } from './log.ts'
import { logFieldsOf, readRelease } from './release.ts'

export interface Command {
  /** By process type, the function that starts the process. The first one is the default. */
  processes: Record<string, () => Promise<void>>
  settings: Settings
}

export async function runCommand(args: string[], { processes, settings }: Command) {
  const [type = Object.keys(processes)[0]!] = args
  const start = processes[type]
  if (args.includes('--help') || args.includes('-h')) return print(help(processes, settings))
  if (!start || args.length > 1) {
    process.stderr.write(`There is no process "${args.join(' ')}". Usage: node src/main.ts ${typesOf(processes)}\n`)
    process.exit(2)
  }
  try {
    await start()
  } catch (error) {
    await setImmediate() // The log writes at the end of a turn of the event loop; this line must be the last.
    const line = { level: 'fatal', time: timestamp(), ...logFieldsOf(release(), type), ...failureFields(error, type) }
    process.stdout.write(`${JSON.stringify(line)}\n`)
    await sleep(100) // Lets a pipe accept what was written.
    process.exit(1)
  }
}

/** Read without the configuration, which may be what is invalid. */
function release(): Release {
  const { VERSION, COMMIT } = process.env
  return readRelease({ VERSION: VERSION || undefined, COMMIT: COMMIT || undefined }, process.env)
}

/** A reader like `head` may close the pipe early. */
function print(text: string) {
  process.stdout.on('error', () => process.exit())
  process.stdout.write(text)
}

/** An invalid configuration is described by its complaints, any other error by its stack and its cause. */
function failureFields(error: unknown, type: string): object {
  if (error instanceof ConfigError) return { message: error.message, complaints: error.complaints }
  const { message, stack, cause } = error as Error
  const details = { stack, ...(cause !== undefined && { cause: String(cause) }) }
  return { message: `The process "${type}" failed: ${message}`, error: details }
}

const typesOf = (processes: Command['processes']) => Object.keys(processes).join(' | ')

function help(processes: Command['processes'], settings: Settings): string {
  const width = Math.max(...Object.keys(settings).map((name) => name.length))
  const lines = Object.entries(settings).map(([name, { doc, fallback }]) => {
    return `  ${name.padEnd(width)}  ${doc}${fallback ? ` [${fallback}]` : ''}`
  })
  return `Usage: node src/main.ts ${typesOf(processes)}\n\nSettings, by environment variable [default]:\n\n${lines.join('\n')}\n`
}
