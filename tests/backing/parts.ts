// What the backing services of a process are made from, with a log that can be read.

import { Registry } from 'prom-client'
import { backingSettings } from '../../src/backing/settings.ts'
import { readBindings } from '../../src/chassis/bindings.ts'
import { readConfig } from '../../src/chassis/config.ts'
import { createLog } from '../../src/chassis/log.ts'
import { readRelease } from '../../src/chassis/release.ts'
import { chassisSettings } from '../../src/chassis/settings.ts'
import { createMemorySink } from '../app.ts'

export function createParts(env: NodeJS.ProcessEnv) {
  const config = readConfig(env, { ...chassisSettings, ...backingSettings })
  const release = readRelease(config, env)
  const { lines, ...sink } = createMemorySink()
  const log = createLog(config.LOG_LEVEL, sink, release, 'test')
  const parts = {
    config,
    bindings: readBindings(env),
    release,
    log,
    metrics: new Registry(),
    lifecycle: { onStop() {} },
  }
  /** What was logged with this message. */
  const told = (message: string) => lines().filter((line) => line.message === message)
  return { parts, lines, told }
}
