// Runs a tool of the project, with the project's own tools first in the path and what they print collected.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'

export interface Outcome {
  ok: boolean
  /** stdout and stderr, as they were printed. */
  output: string
  seconds: number
}

/** @param root the folder that the tool runs in, where it is to find node_modules */
export async function run(root: string, command: string, args: string[] = []): Promise<Outcome> {
  const startedMs = performance.now()
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  const env = { ...process.env, PATH: path, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }

  const tool = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const printed: string[] = []
  for (const stream of [tool.stdout, tool.stderr]) stream.setEncoding('utf8').on('data', (text) => printed.push(text))
  const [code] = await once(tool, 'close')
  return { ok: code === 0, output: printed.join(''), seconds: (performance.now() - startedMs) / 1000 }
}

/** @throws {Error} with what the tool printed, where it fails */
export async function mustRun(root: string, command: string, args: string[] = []): Promise<void> {
  const { ok, output } = await run(root, command, args)
  if (!ok) throw new Error(`"${command} ${args.join(' ')}" failed:\n${output}`)
}

/** Runs a script to its end. An error ends it with exit code 1 and a sentence, not with a stack. */
export async function tellErrors(script: () => Promise<void>): Promise<void> {
  try {
    await script()
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
