// What is running: name, version, commit and instance, as log lines, /info and a metric report them.

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

/** The fields that every log line has. */
export const logFieldsOf = ({ name, version, commit, instance }: Release, process: string) => ({
  service: name,
  version,
  commit,
  instance,
  process,
  processId: pid,
})
