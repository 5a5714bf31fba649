// `npm run generate`: writes what is made from other files, the types of the contract and the settings in README.md and
// .env.example. With `-- --check` it writes nothing, and fails where something is not current.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Output, readOutputs } from './generate/outputs.ts'
import { tellErrors } from './run.ts'

await tellErrors(async () => {
  const stale = (await readOutputs()).filter(({ current, wanted }) => current !== wanted)
  if (process.argv.includes('--check')) refuse(stale)
  else write(stale)
})

function refuse(stale: Output[]) {
  for (const { file } of stale)
    console.error(`${file} is not current. Run "npm run generate", and commit what it writes.`)
  if (stale.length > 0) process.exitCode = 1
}

function write(stale: Output[]) {
  for (const { file, wanted } of stale) writeFileSync(join(import.meta.dirname, '..', file), wanted)
  console.log(stale.length > 0 ? `Wrote ${stale.map(({ file }) => file).join(', ')}.` : 'Everything is current.')
}
