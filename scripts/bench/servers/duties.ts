// What the service does for every request, written by hand for its rivals: a log line with the same fields, a
// histogram, the same headers. The headers and the log sink are the service's own, so that all servers write to stdout
// alike.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Histogram, Registry } from 'prom-client'
import { openLogSink } from '../../../src/chassis/log-sink.ts'
import { STANDARD_HEADERS } from '../../../src/chassis/web/headers.ts'

export const ANSWER_HEADERS = { ...STANDARD_HEADERS, vary: 'Accept' }

export const readRequestId = ({ headers }: IncomingMessage): string => {
  const given = headers['x-vcap-request-id'] ?? headers['x-request-id']
  return typeof given === 'string' && /^[\w.:+/=-]{1,128}$/.test(given) ? given : randomUUID()
}

export const clientOf = ({ socket }: IncomingMessage): string =>
  socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'

export const registry = new Registry()

const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'How long requests took.',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers: [registry],
})
const children = new Map<string, Histogram.Internal<string>>()

export function countRequest(method: string, route: string, status: number, seconds: number) {
  const key = `${method} ${route} ${status}`
  const child = children.get(key) ?? durations.labels(method, route, String(status))
  children.set(key, child)
  child.observe(seconds)
}

const sink = openLogSink()
const ALWAYS = '"service":"rival","version":"0.1.0","commit":"unknown","instance":"0","process":"web","processId":1234'

export const logListening = (port: number) => sink.write(`{"message":"listening","port":${port}}\n`)

interface Seen {
  requestId: string
  client: string
  status: number
  seconds: number
}

export function logRequest({ method, url, headers }: IncomingMessage, { requestId, client, status, seconds }: Seen) {
  const path = JSON.stringify(url!.split('?', 1)[0])
  const durationMs = (seconds * 1000).toFixed(2)
  const agent = headers['user-agent'] ? `,"userAgent":${JSON.stringify(headers['user-agent'])}` : ''
  sink.write(
    `{"level":"info","time":"${timestamp()}",${ALWAYS},"requestId":"${requestId}","method":"${method}",` +
      `"path":${path},"status":${status},"durationMs":${durationMs},"client":"${client}"${agent},` +
      `"message":"request"}\n`,
  )
}

let lastMs = 0
let lastText = ''

function timestamp(): string {
  const now = Date.now()
  if (now !== lastMs) lastText = new Date(now).toISOString()
  lastMs = now
  return lastText
}
