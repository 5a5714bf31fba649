// Reads all that the environment says: the settings, and what is bound. What is wrong with either is told at once.

import type { Bindings } from '../ports/bindings.ts'
import { readBindings } from './bindings.ts'
import { type Config, ConfigError, readConfig, type Settings } from './config.ts'
import type { ChassisConfig, chassisSettings } from './settings.ts'

/**
 * @param check complains of what can't be told from one setting alone
 * @throws {ConfigError} with every complaint about settings and bindings, none of which quotes a secret
 */
export function readEnvironment<S extends Settings & typeof chassisSettings>(
  env: NodeJS.ProcessEnv,
  settings: S,
  check: (config: Config<S>, bindings: Bindings) => string[] = () => [],
): { config: Config<S>; bindings: Bindings } {
  const complaints: string[] = []
  const config = collect(() => readConfig(env, settings))
  const bindings = collect(() => readBindings(env))
  if (config) complaints.push(...contradictions(config))
  if (config && bindings) complaints.push(...check(config, bindings))
  if (!config || !bindings || complaints.length > 0) throw new ConfigError(complaints)
  return { config, bindings }

  function collect<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      complaints.push(...error.complaints)
      return undefined
    }
  }
}

function contradictions({ DRAIN_SECONDS, SHUTDOWN_SECONDS, PORT, METRICS_PORT }: ChassisConfig): string[] {
  const complaints: string[] = []
  if (DRAIN_SECONDS >= SHUTDOWN_SECONDS) {
    complaints.push('DRAIN_SECONDS must be less than SHUTDOWN_SECONDS, or no request in flight is ever finished')
  }
  if (METRICS_PORT && METRICS_PORT === PORT) {
    complaints.push('METRICS_PORT must not be the same as PORT; leave it out to share the port')
  }
  return complaints
}
