// `npm run check`: what can be told about the sources without running them. A check that fails does not keep the next
// from being made.

import { join } from 'node:path'
import { type Outcome, run } from './run.ts'

const checks: Record<string, string[]> = {
  types: ['tsc'],
  style: ['biome', 'check', '--error-on-warnings'],
  contract: ['redocly', 'lint', 'openapi.yaml', '--config', 'scripts/redocly.yaml'],
  generated: ['node', 'scripts/generate.ts', '--check'],
}

const root = join(import.meta.dirname, '..')
for (const [name, [command = '', ...args]] of Object.entries(checks)) report(name, await run(root, command, args))

function report(name: string, { ok, output, seconds }: Outcome) {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds.toFixed(1)} s`)
  if (ok) return
  console.log(output)
  process.exitCode = 1
}
