// What is running, as log lines, /info and a metric report it: name, version, commit and instance.

import { readFileSync } from 'node:fs'
import { pid } from 'node:process'
import type { Release } from '../ports/runtime.ts'
import type { ChassisConfig } from './settings.ts'

export function readRelease(
  { VERSION, COMMIT }: Pick<ChassisConfig, 'VERSION' | 'COMMIT'>,
  env: NodeJS.ProcessEnv,
): Release {
  const { name, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return {
    name,
    version: VERSION ?? version,
    commit: COMMIT ?? 'unknown',
    instance: env.CF_INSTANCE_INDEX ?? '0',
  }
}

/** Set by Cloud Foundry, Heroku and Kubernetes. */
const PLATFORM_VARIABLES = ['VCAP_APPLICATION', 'DYNO', 'KUBERNETES_SERVICE_HOST']

/** Whether a platform runs the process; buildpacks and the Dockerfile set NODE_ENV. */
export const isDeployed = (env: NodeJS.ProcessEnv): boolean =>
  env.NODE_ENV === 'production' || PLATFORM_VARIABLES.some((name) => env[name])

/** The fields that every log line has. */
export const logFieldsOf = ({ name, version, commit, instance }: Release, process: string) => ({
  service: name,
  version,
  commit,
  instance,
  process,
  processId: pid,
})
