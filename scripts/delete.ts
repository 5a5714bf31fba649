// `npm run delete -- orders invoices`: removes features from the project, with their tests and everything else that
// belongs to them. Git can bring one back.

import { join } from 'node:path'
import { changeProject, describeChanges } from './change/change-project.ts'
import { runScript, UsageError } from './command-line.ts'
import { deleteFeatures } from './feature/delete-features.ts'

const commandLine = {
  command: 'npm run delete',
  usage: '-- <feature> [more...]',
  summary: 'Deletes features: code, tests, contract, settings and docs. It changes all files that it has to, or none.',
  parameters: { feature: 'a folder of src/features' },
  examples: [
    'npm run delete -- orders',
    'git checkout HEAD -- .      # brings back what was deleted since the last commit',
  ],
}

await runScript(commandLine, async ({ positionals: features }) => {
  if (features.length === 0) throw new UsageError('Name the features to delete.')

  const changes = await changeProject(join(import.meta.dirname, '..'), (copy) => deleteFeatures(copy, features))
  console.log(describeChanges(changes))
  console.log(`
Next:
  npm run check && npm test       both pass
  git add --all                   stages what was deleted`)
})
