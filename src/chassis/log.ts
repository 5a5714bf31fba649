// Factor XI, logs: one JSON object per line, written to stdout only. Lines logged during a request have its ids.

import { pino } from 'pino'
import type { Log, LogSink } from '../ports/log.ts'
import type { Release } from '../ports/runtime.ts'
import { requestContext } from './context.ts'
import { logFieldsOf } from './release.ts'

export interface LogOptions {
  level: string
  sink: LogSink
  release: Release
  /** The process type, as in the Procfile. */
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

/** The current time as RFC 3339 in UTC. It is formatted once per millisecond, not once per line. */
export function timestamp(): string {
  const now = Date.now()
  if (now !== lastMs) {
    lastMs = now
    lastText = new Date(now).toISOString()
  }
  return lastText
}
