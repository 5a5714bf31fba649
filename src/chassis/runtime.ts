// Opens what every process needs, whatever its type: configuration, log, metrics and lifecycle.

import type { Bindings } from '../ports/bindings.ts'
import type { LogSink } from '../ports/log.ts'
import type { Runtime } from '../ports/runtime.ts'
import { bindingSettings } from './bindings/settings.ts'
import type { Config, Settings } from './config.ts'
import { readEnvironment } from './environment.ts'
import { createLifecycle } from './lifecycle.ts'
import { createLog } from './log.ts'
import { openLogSink } from './log-sink.ts'
import { createRegistry, createTimed } from './metrics.ts'
import { warnOfMisspelled } from './misspelled-variables.ts'
import { isDeployed, readRelease } from './release.ts'
import type { ChassisConfig, chassisSettings } from './settings.ts'

export type ChassisRuntime = Runtime<ChassisConfig>

export interface RuntimeOptions<S extends Settings> {
  /** The process type, as in the Procfile. */
  process: string
  settings: S
  /** Finds contradictions between settings and bindings. */
  check?: (config: Config<S>, bindings: Bindings) => string[]
  /** The exit code after SIGTERM or SIGINT: 1 if the work of the process is then unfinished. */
  signalledCode?: 0 | 1
  /** Where log lines go; stdout by default. */
  sink?: LogSink
  /** Ends the process; a test replaces it. */
  exit?: (code: number) => void
}

/** @throws {ConfigError} with all complaints about the environment at once */
export function openRuntime<S extends Settings & typeof chassisSettings>(
  env: NodeJS.ProcessEnv,
  { process: type, settings, check, signalledCode, sink = openLogSink(), exit }: RuntimeOptions<S>,
): Runtime<Config<S>> {
  const { config, bindings } = readEnvironment(env, settings, check)
  const release = readRelease(config, env)
  const log = createLog({ level: config.LOG_LEVEL, sink, release, process: type })
  const registry = createRegistry(release, sink)
  const lifecycle = createLifecycle({ log, sink, config, signalledCode, exit })
  warnOfMisspelled(log, env, [...Object.keys(settings), ...Object.keys(bindingSettings)])
  for (const warning of bindings.warnings) log.warn(warning)
  return {
    config,
    bindings,
    release,
    deployed: isDeployed(env),
    log,
    sink,
    registry,
    timed: createTimed(registry),
    lifecycle,
  }
}
