// The composition root: the only file that knows the chassis, the backing services and the features.

import './chassis/node-version.ts'
import { createBacking, migrateDatabase } from './backing/backing.ts'
import { backingComplaints } from './backing/complaints.ts'
import { backingSettings } from './backing/settings.ts'
import { bindingSettings } from './chassis/bindings/settings.ts'
import { isPrimary, listenForStop, superviseCopies } from './chassis/cluster.ts'
import { runCommand } from './chassis/command.ts'
import type { Settings } from './chassis/config.ts'
import { handleProcessEvents } from './chassis/process-events.ts'
import { openRuntime } from './chassis/runtime.ts'
import { chassisSettings } from './chassis/settings.ts'
import { startFeatures } from './chassis/start-features.ts'
import { type Contract, readContract } from './chassis/web/contract.ts'
import { createWeb, serveWeb } from './chassis/web/serve.ts'
import { features } from './features/index.ts'
import type { Feature } from './ports/feature.ts'

export interface Service {
  features: Feature[]
  contract: Contract
}

/** Serves until the process stops. Settles when it listens. */
export async function startWeb(env: NodeJS.ProcessEnv, service: Service) {
  const runtime = openServiceRuntime(env, service.features, { process: 'web' })
  if (isPrimary(runtime.config)) return superviseCopies(runtime)
  listenForStop(runtime)
  const { web } = await composeWeb(runtime, service)
  await serveWeb(runtime, web)
}

/** Everything behind the port; in-process tests send their requests to it. */
export async function composeWeb(runtime: ServiceRuntime, { features, contract }: Service) {
  const backing = createBacking(runtime, features)
  const mounted = await startFeatures(features, runtime, backing)
  const web = await createWeb(runtime, { contract, mounted, operations: backing })
  return { web, backing }
}

/** Factor XII, admin processes: makes the migrations of all features that have not been made, and ends. */
export async function migrate(env: NodeJS.ProcessEnv, features: Feature[]) {
  const runtime = openServiceRuntime(env, features, { process: 'migrate', signalledCode: 1 })
  handleProcessEvents(runtime)
  await migrateDatabase(runtime, features)
  await runtime.lifecycle.stop('done')
}

export type ServiceRuntime = ReturnType<typeof openServiceRuntime>

/** @param options the process type, and what a test replaces */
export const openServiceRuntime = (env: NodeJS.ProcessEnv, features: Feature[], options: ProcessOptions) =>
  openRuntime(env, { settings: settingsOf(features), check: backingComplaints, ...options })

type ProcessOptions = Pick<Parameters<typeof openRuntime>[1], 'process' | 'signalledCode' | 'sink' | 'exit'>

/** Every setting that is read: of the chassis, of the backing services and of these features. */
export const settingsOf = (features: Feature[]): Settings & typeof chassisSettings & typeof backingSettings =>
  Object.assign({}, chassisSettings, backingSettings, ...features.map(({ settings }) => settings))

if (import.meta.main) {
  const contract = () => readContract(new URL('../openapi.yaml', import.meta.url))
  await runCommand(process.argv.slice(2), {
    processes: {
      web: () => startWeb(process.env, { features, contract: contract() }),
      migrate: () => migrate(process.env, features),
    },
    settings: { ...settingsOf(features), ...bindingSettings },
  })
}
