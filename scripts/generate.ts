// `npm run generate`: writes what is derived from other files: the types of the contract, and the settings in docs/settings.md
// and .env.example. The types come first and need no feature, since a change of the contract may break one.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runScript } from './command-line.ts'
import { contractOutputs, type Output, settingsOutputs } from './generate/outputs.ts'

const commandLine = {
  command: 'npm run generate',
  usage: '-- [--check]',
  summary:
    'Writes src/openapi.d.ts from openapi.yaml, and the settings in docs/settings.md and .env.example from the sources.',
  options: { check: { type: 'boolean', help: 'write nothing, and fail where a file is not current' } },
  examples: ['npm run generate', 'npm run generate -- --check'],
} as const

await runScript(commandLine, async ({ values: { check } }) => {
  const handle = check ? refuse : write
  const stale = [...handle(await contractOutputs()), ...handle(await settingsOutputs())]
  if (stale.length === 0) console.log('Everything is current.')
})

function refuse(outputs: Output[]): Output[] {
  const stale = outputs.filter(isStale)
  for (const { file } of stale) {
    console.error(`${file} is not current. Run "npm run generate", and commit what it writes.`)
    process.exitCode = 1
  }
  return stale
}

function write(outputs: Output[]): Output[] {
  const stale = outputs.filter(isStale)
  for (const { file, wanted } of stale) {
    writeFileSync(join(import.meta.dirname, '..', file), wanted)
    console.log(`Wrote ${file}.`)
  }
  return stale
}

function isStale({ current, wanted }: Output): boolean {
  return current !== wanted
}
