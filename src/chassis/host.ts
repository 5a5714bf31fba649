// What the chassis lends to every feature, put together from its parts.

import type { BackingServices, Host } from '../ports.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Release } from './release.ts'
import type { ChassisConfig } from './settings.ts'

export interface HostParts {
  config: ChassisConfig
  log: Log
  metrics: Metrics
  release: Release
  lifecycle: Lifecycle
}

export function createHost({ config, log, metrics, release, lifecycle }: HostParts): Omit<Host, keyof BackingServices> {
  return {
    log,
    metrics: metrics.registry,
    metricsPath: config.METRICS_PORT === undefined ? '/metrics' : undefined,
    timed: metrics.timed,
    release,
    draining: lifecycle.draining,
  }
}
