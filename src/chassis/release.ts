// What is running: the name, the version and the commit that every log line, /info and a metric tell.

import { readFileSync } from 'node:fs'
import { pid } from 'node:process'
import type { ChassisConfig } from './settings.ts'

export interface Release {
  name: string
  version: string
  commit: string
  /** Which instance of how many this is; Cloud Foundry counts from 0. */
  instance: string
}

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

/** What a log line tells of it. */
export const factsOf = ({ name, version, commit, instance }: Release, process: string) => ({
  service: name,
  version,
  commit,
  instance,
  process,
  processId: pid,
})
