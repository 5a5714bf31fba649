// What the backing services of a process get from it, with a log that can be read.

import { Registry } from 'prom-client'
import { backingSettings } from '../../src/backing/settings.ts'
import { openRuntime } from '../../src/chassis/runtime.ts'
import { chassisSettings } from '../../src/chassis/settings.ts'
import { createMemorySink } from '../app.ts'

export function createRuntime(env: NodeJS.ProcessEnv) {
  const { lines, ...sink } = createMemorySink()
  const settings = { ...chassisSettings, ...backingSettings }
  const opened = openRuntime(env, { process: 'test', settings, sink, exit: () => {} })
  // A registry without the metrics of the process, so that a test sees those of the backing services alone.
  const runtime = { ...opened, registry: new Registry() }
  /** What was logged with this message. */
  const told = (message: string) => lines().filter((line) => line.message === message)
  return { runtime, lines, told }
}
