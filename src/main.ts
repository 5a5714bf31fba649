// The composition root: the one file that knows the chassis and the features. It reads in the order in which a process
// starts; it stops in reverse.

import './chassis/node-version.ts'
import { createBacking } from './backing/backing.ts'
import { backingSettings, cacheComplaints } from './backing/settings.ts'
import { bindingSettings } from './chassis/bindings.ts'
import { isCopy, listenToPrimary, superviseCopies } from './chassis/cluster.ts'
import { runCommand } from './chassis/command.ts'
import type { Settings } from './chassis/config.ts'
import { readEnvironment } from './chassis/environment.ts'
import { createHost } from './chassis/host.ts'
import { createLifecycle, endOnBugs, listenToSignals } from './chassis/lifecycle.ts'
import { createLog } from './chassis/log.ts'
import { openLogSink } from './chassis/log-sink.ts'
import { createMetrics } from './chassis/metrics.ts'
import { readRelease } from './chassis/release.ts'
import { chassisSettings } from './chassis/settings.ts'
import { readContract } from './chassis/web/contract.ts'
import { serveWeb } from './chassis/web/serve.ts'
import { features } from './features/index.ts'
import type { Feature } from './ports.ts'

export interface Service {
  features: Feature[]
  /** Where openapi.yaml is. */
  contract: URL
}

const service: Service = { features, contract: new URL('../openapi.yaml', import.meta.url) }

/** Serves until it is told to stop. Settles when it listens. */
export async function startWeb(env: NodeJS.ProcessEnv, { features, contract }: Service) {
  const begun = beginProcess(env, features, 'web')
  const { config, bindings, release, log, sink, metrics } = begun
  if (config.WEB_CONCURRENCY > 1 && !isCopy) return superviseCopies(config, log, sink)

  const lifecycle = createLifecycle(log, sink, config)
  if (isCopy) listenToPrimary(lifecycle)
  else listenToSignals(lifecycle)

  const backing = createBacking({ ...begun, metrics: metrics.registry, lifecycle })
  const host = createHost({ config, log, metrics, release, lifecycle })
  const started = features.map(async (feature) => {
    return [feature.name, await feature.start({ ...host, ...backing.lendTo(feature) }, config)] as const
  })
  const mounted = Object.fromEntries(await Promise.all(started))

  const bound = bindings.list()
  const checks = backing.checks(features)
  const rateLimiter = backing.openRateLimiter()
  backing.warn()
  const parts = { config, contract: readContract(contract), release, log, sink, metrics, lifecycle }
  await serveWeb({ ...parts, mounted, bound, checks, rateLimiter, resources: backing.resources })
}

/** Factor XII, admin processes: makes the migrations of all features that have not been made, and ends. */
export async function migrate(env: NodeJS.ProcessEnv, { features }: Pick<Service, 'features'>) {
  const begun = beginProcess(env, features, 'migrate')
  const { log, sink, metrics } = begun
  const lifecycle = createLifecycle(log, sink, { ...begun.config, DRAIN_SECONDS: 0, signalledCode: 1 })
  listenToSignals(lifecycle)

  const backing = createBacking({ ...begun, metrics: metrics.registry, lifecycle })
  await backing.migrate(features)
  await lifecycle.stop('done')
}

/** What every type of process begins with. */
function beginProcess(env: NodeJS.ProcessEnv, features: Feature[], type: string) {
  const { config, bindings } = readEnvironment(env, settingsOf(features), cacheComplaints)
  const release = readRelease(config, env)
  const sink = openLogSink()
  const log = createLog(config.LOG_LEVEL, sink, release, type)
  const metrics = createMetrics(release, sink)
  endOnBugs(log, sink)
  return { config, bindings, release, sink, log, metrics }
}

/** Every setting that is read by `readEnvironment`: of the chassis, of the backing services and of these features. */
export const settingsOf = (features: Feature[]): Settings & typeof chassisSettings & typeof backingSettings =>
  Object.assign({}, chassisSettings, backingSettings, ...features.map(({ settings }) => settings))

if (import.meta.main) {
  await runCommand(process.argv.slice(2), {
    processes: { web: () => startWeb(process.env, service), migrate: () => migrate(process.env, service) },
    settings: { ...settingsOf(features), ...bindingSettings },
  })
}
