// Reads all that the environment says: the settings, and what is bound. What is wrong with either is told at once.

import { type Bindings, readBindings } from './bindings.ts'
import { type Config, ConfigError, readConfig, type Settings } from './config.ts'

/** @throws {ConfigError} with every complaint about settings and bindings, none of which quotes a secret */
export function readEnvironment<S extends Settings>(
  env: NodeJS.ProcessEnv,
  settings: S,
): { config: Config<S>; bindings: Bindings } {
  const complaints: string[] = []
  const config = collect(() => readConfig(env, settings))
  const bindings = collect(() => readBindings(env))
  if (!config || !bindings) throw new ConfigError(complaints)
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
