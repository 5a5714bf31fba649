// What every process opens first, whatever its type. Features see a part of it as their Host.

import type { Registry } from 'prom-client'
import type { Bindings } from './bindings.ts'
import type { Log, LogSink } from './log.ts'

/** @typeParam C the settings that are read */
export interface Runtime<C> {
  config: C
  bindings: Bindings
  release: Release
  /** Whether the process runs on a platform or from an image, rather than on a developer's machine. */
  deployed: boolean
  log: Log
  sink: LogSink
  /** The Prometheus registry of this process. */
  registry: Registry
  timed: Timed
  lifecycle: Lifecycle
}

/** What is running. */
export interface Release {
  name: string
  version: string
  commit: string
  /** The index of this instance; Cloud Foundry counts from 0. */
  instance: string
}

/**
 * Wraps a function so that each call is timed in `function_duration_seconds{function,outcome}`. What it returns or
 * throws is unchanged; an async function is timed until its promise settles.
 */
export type Timed = <Args extends unknown[], Result>(
  name: string,
  fn: (...args: Args) => Result,
) => (...args: Args) => Result

/** Factor IX, disposability. */
export interface Lifecycle {
  /** Aborted when the process begins to stop. Whatever waits on purpose, like a long poll, ends then. */
  readonly draining: AbortSignal
  /** Registers something to close. The last registered is closed first; each waits for the one before to settle. */
  onStop(name: string, close: (reason: string) => unknown): void
  /** Stops the process; called again, ends it at once. @param reason usually the name of a signal */
  stop(reason: string): Promise<void>
}
