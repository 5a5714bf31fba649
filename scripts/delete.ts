// `npm run delete -- todos pages`: takes features out of the project, with their tests and whatever else is theirs. To
// get one back is Git's business.

import { join } from 'node:path'
import { deleteFeatures } from './feature/delete-features.ts'
import { settle } from './feature/settle.ts'
import { tellErrors } from './run.ts'

await tellErrors(async () => {
  const root = join(import.meta.dirname, '..')
  const features = process.argv.slice(2)
  if (features.length === 0) throw new Error('Say which features to delete: npm run delete -- <feature> [more…]')

  for (const line of deleteFeatures(root, features)) console.log(line)
  await settle(root, ['src/features/index.ts'])
  console.log('Generated types and settings anew.')
})
