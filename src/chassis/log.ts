// Factor XI, logs: one JSON object a line, on stdout and nowhere else. What is logged during a request carries its ids.

import { pino } from 'pino'
import type { Log, LogSink } from '../ports/log.ts'
import type { Release } from '../ports/runtime.ts'
import { requestContext } from './context.ts'
import { logFieldsOf } from './release.ts'

export interface LogOptions {
  level: string
  sink: LogSink
  release: Release
  /** The process type, by its word in the Procfile. */
  process: string
}

export function createLog({ level, sink, release, process }: LogOptions): Log {
  return pino(
    {
      level,
      base: logFieldsOf(release, process),
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
