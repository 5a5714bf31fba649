// Factor XI, logs: one JSON object a line, on stdout and nowhere else. What is logged during a request carries its ids.

import { type Logger, pino } from 'pino'
import { requestContext } from './context.ts'
import type { LogSink } from './log-sink.ts'
import { factsOf, type Release } from './release.ts'

export type Log = Logger

/** @param process the word of the Procfile that this process was started with */
export function createLog(level: string, sink: LogSink, release: Release, process: string): Log {
  return pino(
    {
      level,
      base: factsOf(release, process),
      messageKey: 'message',
      errorKey: 'error',
      timestamp: () => `,"time":"${timestamp()}"`,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => requestContext.getStore() ?? {},
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    sink,
  )
}

let lastMs = 0
let lastText = ''

/** Now, as RFC 3339 in UTC. The text is made once a millisecond, not once a line. */
export function timestamp(): string {
  const now = Date.now()
  if (now !== lastMs) {
    lastMs = now
    lastText = new Date(now).toISOString()
  }
  return lastText
}
