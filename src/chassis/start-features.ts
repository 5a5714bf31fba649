// Starts the features, and gives each of them its host: parts of the runtime, and its backing services.

import type { BackingServices, Feature, Host } from '../ports/feature.ts'
import type { Mounted } from '../ports/routes.ts'
import type { ChassisRuntime } from './runtime.ts'

/** @returns what each feature serves, by the feature's name */
export async function startFeatures(
  features: Feature[],
  runtime: ChassisRuntime,
  backing: { forFeature(feature: Feature): BackingServices },
): Promise<Record<string, Mounted>> {
  const host = hostOf(runtime)
  const started = features.map(async (feature) => {
    return [feature.name, await feature.start({ ...host, ...backing.forFeature(feature) }, runtime.config)] as const
  })
  return Object.fromEntries(await Promise.all(started))
}

function hostOf(runtime: ChassisRuntime): Omit<Host, keyof BackingServices> {
  const { config, log, registry, timed, release, deployed, lifecycle } = runtime
  const metrics = config.METRICS_PORT === undefined ? 'metrics' : undefined
  const paths = { docs: 'docs/', readiness: 'health/ready', metrics, info: 'info' }
  return { log, registry, timed, paths, release, deployed, draining: lifecycle.draining }
}
