// The command line: `node src/main.ts web`. Its one argument is a word of the Procfile.

import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { Release } from '../ports/runtime.ts'
import { ConfigError, type Settings } from './config.ts'
import { timestamp } from './log.ts'
import { logFieldsOf, readRelease } from './release.ts'

export interface Command {
  /** By its word in the Procfile, what starts a process. The first one is the default. */
  processes: Record<string, () => Promise<void>>
  settings: Settings
}

export async function runCommand(args: string[], { processes, settings }: Command) {
  const [word = Object.keys(processes)[0]!] = args
  const start = processes[word]
  if (word === '--help' || word === '-h') return print(help(processes, settings))
  if (!start || args.length > 1) {
    process.stderr.write(`There is no process "${args.join(' ')}". Usage: node src/main.ts ${wordsOf(processes)}\n`)
    process.exit(2)
  }
  try {
    await start()
  } catch (error) {
    await setImmediate() // The log writes its lines at the end of a turn; this one is to be the last.
    const line = { level: 'fatal', time: timestamp(), ...logFieldsOf(release(), word), ...storyOf(error, word) }
    process.stdout.write(`${JSON.stringify(line)}\n`)
    await sleep(100) // Lets a pipe take what was written.
    process.exit(1)
  }
}

/** Told though the configuration may be what is wrong. */
function release(): Release {
  const { VERSION, COMMIT } = process.env
  return readRelease({ VERSION: VERSION || undefined, COMMIT: COMMIT || undefined }, process.env)
}

/** For people, who may pipe it into `head`. */
function print(text: string) {
  process.stdout.on('error', () => process.exit())
  process.stdout.write(text)
}

/** A mistake in the configuration is told in words; anything else tells where it is, and what was behind it. */
function storyOf(error: unknown, word: string): object {
  if (error instanceof ConfigError) return { message: error.message, complaints: error.complaints }
  const { message, stack, cause } = error as Error
  const story = { stack, ...(cause !== undefined && { cause: String(cause) }) }
  return { message: `The process "${word}" failed: ${message}`, error: story }
}

const wordsOf = (processes: Command['processes']) => Object.keys(processes).join(' | ')

function help(processes: Command['processes'], settings: Settings): string {
  const width = Math.max(...Object.keys(settings).map((name) => name.length))
  const lines = Object.entries(settings).map(([name, { doc, fallback }]) => {
    return `  ${name.padEnd(width)}  ${doc}${fallback ? ` [${fallback}]` : ''}`
  })
  return `Usage: node src/main.ts ${wordsOf(processes)}\n\nSettings, by environment variable [default]:\n\n${lines.join('\n')}\n`
}
