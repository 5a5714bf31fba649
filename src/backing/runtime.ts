// What backing services need of the process that they belong to.

import type { Runtime } from '../ports/runtime.ts'
import type { BackingConfig } from './settings.ts'

/** The settings of the chassis that decide how backing services are used. */
interface SharedConfig {
  readonly WEB_CONCURRENCY: number
  readonly RATE_LIMIT_PER_MINUTE: number
}

export type BackingRuntime = Pick<
  Runtime<BackingConfig & SharedConfig>,
  'config' | 'bindings' | 'release' | 'log' | 'registry' | 'lifecycle'
>
