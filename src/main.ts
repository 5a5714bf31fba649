// The composition root: the one file that knows the chassis and the features. It reads in the order in which a process
// starts; it stops in reverse.

import './chassis/node-version.ts'
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

/** Starts the web process, the only one there is so far. Settles when it listens. */
export async function startWeb(env: NodeJS.ProcessEnv, { features, contract }: Service) {
  const { config, bindings } = readEnvironment(env, settingsOf(features))
  const release = readRelease(config, env)

  const sink = openLogSink()
  const log = createLog(config.LOG_LEVEL, sink, release, 'web')
  const metrics = createMetrics(release, sink)
  endOnBugs(log, sink)
  if (config.WEB_CONCURRENCY > 1 && !isCopy) return superviseCopies(config, log, sink)

  const lifecycle = createLifecycle(log, sink, config)
  if (isCopy) listenToPrimary(lifecycle)
  else listenToSignals(lifecycle)

  const host = createHost({ config, log, metrics, release, lifecycle })
  const started = features.map(async ({ name, start }) => [name, await start(host, config)] as const)
  const mounted = Object.fromEntries(await Promise.all(started))

  const bound = bindings.list()
  await serveWeb({ config, contract: readContract(contract), release, mounted, bound, log, sink, metrics, lifecycle })
}

/** Every setting that is read by `readEnvironment`, of the chassis and of these features. */
export const settingsOf = (features: Feature[]): Settings & typeof chassisSettings =>
  Object.assign({}, chassisSettings, ...features.map(({ settings }) => settings))

if (import.meta.main) {
  await runCommand(process.argv.slice(2), {
    processes: { web: () => startWeb(process.env, service) },
    settings: { ...settingsOf(features), ...bindingSettings },
  })
}
