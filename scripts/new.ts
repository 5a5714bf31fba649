// `npm run new -- orders`: adds a feature with a table, pages, a cache and tests, which works at once and is made to be
// changed. With `--bare` it has a handler and a setting, and no store.

import { join } from 'node:path'
import { newFeature } from './feature/new-feature.ts'
import { settle } from './feature/settle.ts'
import { tellErrors } from './run.ts'

await tellErrors(async () => {
  const root = join(import.meta.dirname, '..')
  const args = process.argv.slice(2)
  const [feature, ...more] = args.filter((arg) => arg !== '--bare')
  if (!feature || more.length > 0) throw new Error('Say what to call the feature: npm run new -- <feature> [--bare]')

  const paths = newFeature(root, feature, args.includes('--bare') ? 'bare' : 'stored')
  for (const path of paths) console.log(`Wrote ${path}.`)
  await settle(root, paths)
  console.log(`Generated types and settings anew. Try it: npm start, then GET /${feature}`)
})
