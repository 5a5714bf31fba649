// Runs a tool of the project and collects what it prints. The tools in node_modules come first in the path.

import { type SpawnOptionsWithStdioTuple, spawn } from 'node:child_process'
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

  const tool = spawnTool(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const printed: string[] = []
  for (const stream of [tool.stdout, tool.stderr]) stream.setEncoding('utf8').on('data', (text) => printed.push(text))
  const [code] = await once(tool, 'close')
  return { ok: code === 0, output: printed.join(''), seconds: (performance.now() - startedMs) / 1000 }
}

/** On Windows the tools of npm are scripts for its shell. */
function spawnTool(command: string, args: string[], options: SpawnOptionsWithStdioTuple<'ignore', 'pipe', 'pipe'>) {
  if (command === 'node') return spawn(process.execPath, args, options)
  if (process.platform === 'win32') return spawn([command, ...args].join(' '), { ...options, shell: true })
  return spawn(command, args, options)
}

/** @throws {Error} with what the tool printed, where it fails */
export async function mustRun(root: string, command: string, args: string[] = []): Promise<void> {
  const { ok, output } = await run(root, command, args)
  if (!ok) throw new Error(`"${command} ${args.join(' ')}" failed:\n${output}`)
}
