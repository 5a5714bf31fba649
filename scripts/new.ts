// `npm run new -- orders`: adds a feature with a table, pages, a cache and tests, which works at once and is meant to be
// changed. With `--bare` it has a handler and a setting, and no store.

import { join } from 'node:path'
import { changeProject, describeChanges } from './change/change-project.ts'
import { runScript, UsageError } from './command-line.ts'
import { newFeature } from './feature/new-feature.ts'

const commandLine = {
  command: 'npm run new',
  usage: '-- <feature> [--bare]',
  summary:
    'Adds a feature with a table, pages, a cache, its part of the contract and tests. It changes all files that it has to,\nor none. docs/first-feature.md continues from there.',
  parameters: { feature: 'its name, in lower case letters, digits and hyphens' },
  options: { bare: { type: 'boolean', help: 'without a store: a handler and a setting' } },
  examples: ['npm run new -- orders', 'npm run new -- exchange-rates --bare'],
} as const

await runScript(commandLine, async ({ positionals: [feature, ...more], values: { bare } }) => {
  if (!feature || more.length > 0) throw new UsageError('Name one feature.')

  const root = join(import.meta.dirname, '..')
  const changes = await changeProject(root, (copy) => newFeature(copy, feature, bare ? 'bare' : 'stored'))
  console.log(describeChanges(changes))
  console.log(`
Next:
  npm run dev                     then request http://localhost:8080/${feature}
  npm run check && npm test       both pass
  git add --all                   the new files are not tracked yet`)
})
