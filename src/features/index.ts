// The features of this service. To delete one is to delete its folder and its two lines here; `npm run delete` does this,
// and takes away what else speaks of it.

import type { Feature } from '../ports/feature.ts'
import hello from './hello/index.ts'
import keyFilter from './key-filter/index.ts'
import todos from './todos/index.ts'

// biome-ignore format: one line for each feature.
export const features: Feature[] = [
  hello,
  keyFilter,
  todos,
]
