// The log of a service while it runs. Every line on its stdout has to be one JSON object.

import { EventEmitter, once } from 'node:events'
import type { Readable } from 'node:stream'

export interface LogLine {
  level: string
  time: string
  message: string
  [field: string]: unknown
}

export interface ServiceLog {
  /** The lines so far. */
  lines: readonly LogLine[]
  /** The lines so far that are not JSON objects. */
  malformed: readonly string[]
  /** The beginning of a line that is not complete yet. */
  rest(): string
  /** The whole output so far. */
  text(): string
  /** The first line with these fields, as soon as it is there. */
  find(wanted: Partial<LogLine>): Promise<LogLine>
  /** The first lines with these fields, as soon as there are so many. */
  findAll(wanted: Partial<LogLine>, count: number): Promise<LogLine[]>
  /** Stops and resumes reading, as a platform with a slow log store. */
  pause(): void
  resume(): void
  /** Stops reading for good, as a platform whose log collector has crashed. */
  abandon(): void
  /** Settles after the last line, or when reading has stopped. */
  ended: Promise<void>
}

/** Shorter than the limit of a test, so that a test can fail by the line that is missing. */
const PATIENCE_MS = 90_000

export function readLog(stdout: Readable): ServiceLog {
  const written = collectLines(stdout)
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  stdout.once('close', end)
  const findAll = (wanted: Partial<LogLine>, count: number) => waitForLines(written, wanted, count)

  return {
    lines: written.lines,
    malformed: written.malformed,
    rest: () => written.rest,
    text: () => written.text,
    find: async (wanted) => (await findAll(wanted, 1))[0]!,
    findAll,
    pause() {
      stdout.pause()
      end()
    },
    resume: () => void stdout.resume(),
    abandon: () => void stdout.destroy(),
    ended,
  }
}

function collectLines(stdout: Readable) {
  const lines: LogLine[] = []
  const malformed: string[] = []
  const written = { lines, malformed, text: '', rest: '', ended: false, changes: new EventEmitter() }

  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    written.text += chunk
    const texts = (written.rest + chunk).split('\n')
    written.rest = texts.pop()!
    for (const text of texts) {
      const line = parseObject(text)
      if (line) lines.push(line)
      else malformed.push(text)
    }
    written.changes.emit('change')
  })
  stdout.once('close', () => {
    written.ended = true
    written.changes.emit('change')
  })
  return written
}

function parseObject(text: string): LogLine | undefined {
  try {
    const line: unknown = JSON.parse(text)
    return typeof line === 'object' && !Array.isArray(line) ? ((line ?? undefined) as LogLine | undefined) : undefined
  } catch {
    return undefined
  }
}

async function waitForLines(written: ReturnType<typeof collectLines>, wanted: Partial<LogLine>, count: number) {
  const late = AbortSignal.timeout(PATIENCE_MS)
  for (;;) {
    const found = written.lines.filter((line) => Object.entries(wanted).every(([name, value]) => line[name] === value))
    if (found.length >= count) return found.slice(0, count)
    if (written.ended || late.aborted) {
      throw new Error(`The log has no ${count} × ${JSON.stringify(wanted)}. It ends:\n${written.text.slice(-2000)}`)
    }
    await once(written.changes, 'change', { signal: late }).catch(() => {})
  }
}
