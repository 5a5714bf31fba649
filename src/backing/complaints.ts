// What can't be judged by a single setting or binding: complaints about backing services that could not be used.

import type { Bindings } from '../ports/bindings.ts'
import { addressComplaints } from './database/postgres/addresses.ts'
import { type BackingConfig, cacheComplaints } from './settings.ts'

export const backingComplaints = (config: BackingConfig, bindings: Bindings): string[] => [
  ...cacheComplaints(config, bindings),
  ...addressComplaints(bindings),
]
