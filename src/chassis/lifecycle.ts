// Factor IX, disposability: a signal stops the service gracefully, and a deadline stops it in any case. What was opened
// last is closed first.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from './log.ts'
import type { LogSink } from './log-sink.ts'
import type { ChassisConfig } from './settings.ts'

type Close = (reason: string) => unknown

export interface Lifecycle {
  /** Aborted when stopping begins. Whatever waits on purpose, like a long poll, ends with it. */
  readonly draining: AbortSignal
  /** Registers what has to be closed; the last registered is closed first, each after the one before has settled. */
  onStop(name: string, close: Close): void
  /**
   * Begins to stop; called again, it ends at once.
   *
   * @param reason a signal's name, as a rule. SIGINT skips the drain: at a terminal no router has to look away first
   */
  stop(reason: string): Promise<void>
}

interface LifecycleOptions extends Pick<ChassisConfig, 'DRAIN_SECONDS' | 'SHUTDOWN_SECONDS'> {
  /** What a process exits with that a signal has stopped. A server is never done; of work that was not done, tell 1. */
  signalledCode?: 0 | 1
}

const SIGNALS: readonly string[] = ['SIGTERM', 'SIGINT']

/** @param exit ends the process; a test has something else done */
export function createLifecycle(
  log: Log,
  sink: LogSink,
  { DRAIN_SECONDS, SHUTDOWN_SECONDS, signalledCode = 0 }: LifecycleOptions,
  exit: (code: number) => void = process.exit,
): Lifecycle {
  const draining = new AbortController()
  const closers: { name: string; close: Close }[] = []

  return {
    draining: draining.signal,
    onStop: (name, close) => void closers.push({ name, close }),
    stop,
  }

  async function stop(reason: string) {
    if (draining.signal.aborted) return end(1, `stopped at once: ${reason} came while stopping`)
    log.info({ reason }, 'stopping')
    const deadline = setTimeout(
      end,
      SHUTDOWN_SECONDS * 1000,
      1,
      `stopped at once: not done after ${SHUTDOWN_SECONDS} s`,
    )
    draining.abort()

    // Routers learn with a delay that this instance is going. Until then requests are still answered: refusing the
    // connection would lose those that are already on their way.
    await sleep(reason === 'SIGINT' ? 0 : DRAIN_SECONDS * 1000)
    for (const closer of closers.reverse()) await closeOne(closer, reason)
    clearTimeout(deadline)
    await end(SIGNALS.includes(reason) ? signalledCode : 0, 'stopped')
  }

  async function closeOne({ name, close }: { name: string; close: Close }, reason: string) {
    try {
      await close(reason)
    } catch (error) {
      log.error({ error, resource: name }, 'closing failed')
    }
  }

  async function end(code: number, message: string) {
    log[code === 0 ? 'info' : 'error']({ exitCode: code }, message)
    await Promise.race([sink.flush(), sleep(500)])
    exit(code)
  }
}

/** Lets the signals of the platform and of the terminal stop the service. */
export function listenToSignals(lifecycle: Lifecycle) {
  for (const signal of SIGNALS) process.on(signal, () => lifecycle.stop(signal))
}

/** Lets a bug that nobody caught end the process, after its story has been told: nothing is certain any more. */
export function endOnBugs(log: Log, sink: LogSink) {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.once(event, async (error) => {
      log.fatal({ error }, `ended by a bug: ${event}`)
      await Promise.race([sink.flush(), sleep(500)])
      process.exit(1)
    })
  }
}
