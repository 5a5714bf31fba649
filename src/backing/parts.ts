// What the backing services are made from.

import type { Registry } from 'prom-client'
import type { Bindings } from '../chassis/bindings.ts'
import type { Lifecycle } from '../chassis/lifecycle.ts'
import type { Log } from '../chassis/log.ts'
import type { Release } from '../chassis/release.ts'
import type { ChassisConfig } from '../chassis/settings.ts'
import type { BackingConfig } from './settings.ts'

export interface BackingParts {
  config: BackingConfig & Pick<ChassisConfig, 'WEB_CONCURRENCY' | 'RATE_LIMIT_PER_MINUTE'>
  bindings: Bindings
  release: Release
  log: Log
  metrics: Registry
  lifecycle: Pick<Lifecycle, 'onStop'>
}
