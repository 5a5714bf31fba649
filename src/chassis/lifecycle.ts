// Factor IX, disposability: stopping closes what was opened, in reverse order. If that takes too long, a deadline ends the
// process.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Log, LogSink } from '../ports/log.ts'
import type { Lifecycle } from '../ports/runtime.ts'
import type { ChassisConfig } from './settings.ts'

/**
 * Of a platform or supervisor, and of a terminal: Ctrl-C, and its end. Without a listener each would end the process at once
 * and lose what is in flight. SIGQUIT, which some images declare as their STOPSIGNAL, is no exception.
 */
const PLATFORM_SIGNALS: readonly string[] = ['SIGTERM', 'SIGQUIT']
const TERMINAL_SIGNALS: readonly string[] = ['SIGINT', 'SIGHUP']
export const STOP_SIGNALS: readonly string[] = [...PLATFORM_SIGNALS, ...TERMINAL_SIGNALS]

/** Whether nothing routes requests to the process, so that stopping need not wait until it no longer does. */
export const isFromTerminal = (reason: string): boolean => TERMINAL_SIGNALS.includes(reason)

export interface LifecycleOptions {
  log: Log
  sink: LogSink
  config: Pick<ChassisConfig, 'SHUTDOWN_SECONDS'>
  /** The exit code after a signal. A server leaves no work of its own unfinished; other processes may. */
  signalledCode?: 0 | 1 | undefined
  /** Ends the process; a test replaces it. */
  exit?: ((code: number) => void) | undefined
}

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const { log, sink, config, signalledCode = 0, exit = process.exit } = options
  const draining = new AbortController()
  const closers: { name: string; close: (reason: string) => unknown }[] = []

  return {
    draining: draining.signal,
    onStop: (name, close) => void closers.push({ name, close }),
    stop,
  }

  async function stop(reason: string) {
    if (draining.signal.aborted) return end(1, `stopped at once: ${reason} arrived while stopping`)
    log.info({ reason }, 'stopping')
    const late = `stopped at once: not finished after ${config.SHUTDOWN_SECONDS} s`
    const deadline = setTimeout(end, config.SHUTDOWN_SECONDS * 1000, 1, late)
    draining.abort()
    for (const closer of closers.reverse()) await closeOne(closer, reason)
    clearTimeout(deadline)
    await end(STOP_SIGNALS.includes(reason) ? signalledCode : 0, 'stopped')
  }

  async function closeOne({ name, close }: (typeof closers)[number], reason: string) {
    try {
      await close(reason)
    } catch (error) {
      log.error({ error, resource: name }, 'closing failed')
    }
  }

  async function end(code: number, message: string) {
    log[code === 0 ? 'info' : 'error']({ exitCode: code }, message)
    await flushSoon(sink)
    exit(code)
  }
}

/** Waits for the log, but not for long, because its reader may have stalled. */
export const flushSoon = (sink: LogSink) => Promise.race([sink.flush(), sleep(500)])
