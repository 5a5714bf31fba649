// `npm run new -- orders`: lays down a feature with all of its parts, which works at once and is made to be changed.

import { join } from 'node:path'
import { newFeature } from './feature/new-feature.ts'
import { settle } from './feature/settle.ts'
import { tellErrors } from './run.ts'

await tellErrors(async () => {
  const root = join(import.meta.dirname, '..')
  const [feature, ...more] = process.argv.slice(2)
  if (!feature || more.length > 0) throw new Error('Say what to call the feature: npm run new -- <feature>')

  const paths = newFeature(root, feature)
  for (const path of paths) console.log(`Wrote ${path}.`)
  await settle(root, paths)
  console.log(`Generated types and settings anew. Try it: npm start, then GET /${feature}`)
})
