// Reads the whole environment: the settings and the bindings, with the complaints about both at once.

import type { Bindings } from '../ports/bindings.ts'
import { readBindings } from './bindings/read-bindings.ts'
import { type Config, ConfigError, readConfig, type Settings } from './config.ts'
import type { ChassisConfig, chassisSettings } from './settings.ts'

/**
 * @param check finds contradictions between settings and bindings
 * @throws {ConfigError} with all complaints about settings and bindings, none of which contains a secret
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
    complaints.push('DRAIN_SECONDS must be less than SHUTDOWN_SECONDS, so that requests in flight can finish')
  }
  if (METRICS_PORT && METRICS_PORT === PORT) {
    complaints.push('METRICS_PORT must not be the same as PORT; leave it out to share the port')
  }
  return complaints
}
