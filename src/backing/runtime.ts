// What the backing services need from their process.

import type { Runtime } from '../ports/runtime.ts'
import type { BackingConfig } from './settings.ts'

/** Settings of the chassis that the backing services read, too. */
interface SharedConfig {
  readonly WEB_CONCURRENCY: number
  readonly RATE_LIMIT_PER_MINUTE: number
}

export type BackingRuntime = Pick<
  Runtime<BackingConfig & SharedConfig>,
  'config' | 'bindings' | 'release' | 'log' | 'registry' | 'lifecycle'
>
