// `npm run check`: everything that can be checked without running the service. Each check runs even if an earlier one
// has failed.

import { join } from 'node:path'
import { runScript } from './command-line.ts'
import { type Outcome, run } from './run.ts'

const commandLine = {
  command: 'npm run check',
  summary: 'Checks types, style, the contract, and whether the generated files are current.',
  examples: ['npm run check'],
}

const checks: Record<string, string[]> = {
  types: ['tsc'],
  style: ['biome', 'check', '--error-on-warnings'],
  contract: ['redocly', 'lint', 'openapi.yaml', '--config', 'scripts/redocly.yaml'],
  generated: ['node', 'scripts/generate.ts', '--check'],
}

await runScript(commandLine, async () => {
  const root = join(import.meta.dirname, '..')
  for (const [name, [command = '', ...args]] of Object.entries(checks)) report(name, await run(root, command, args))
})

function report(name: string, { ok, output, seconds }: Outcome) {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds.toFixed(1)} s`)
  if (ok) return
  console.log(output)
  process.exitCode = 1
}
