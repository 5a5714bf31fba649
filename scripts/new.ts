// `npm run new -- orders`: adds a feature with all of its parts, which works at once and is meant to be changed.

import { join } from 'node:path'
import { changeProject, describeChanges } from './change/change-project.ts'
import { runScript, UsageError } from './command-line.ts'
import { newFeature } from './feature/new-feature.ts'

const commandLine = {
  command: 'npm run new',
  usage: '-- <feature>',
  summary: 'Adds a feature: handlers, contract, settings and tests. It changes all files that it has to, or none.',
  parameters: { feature: 'its name, in lower case letters, digits and hyphens' },
  examples: ['npm run new -- orders'],
}

await runScript(commandLine, async ({ positionals: [feature, ...more] }) => {
  if (!feature || more.length > 0) throw new UsageError('Name one feature.')

  const changes = await changeProject(join(import.meta.dirname, '..'), (copy) => newFeature(copy, feature))
  console.log(describeChanges(changes))
  console.log(`
Next:
  npm run dev                     then request http://localhost:8080/${feature}
  npm run check && npm test       both pass
  git add --all                   the new files are not tracked yet`)
})
