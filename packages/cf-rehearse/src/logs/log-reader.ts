// Reads the output of a process line by line, as the platform does, and records lines that the platform would split.

import type { Readable } from 'node:stream'
import type { LogFormat } from '../cli/settings.ts'
import { LAUNCHER_LINES } from '../container/launch-scripts.ts'
import { platform } from '../platform/platform.ts'

export interface LogReader {
  lines(): number
  /** The first faulty lines. */
  faults(): LogFault[]
  /** The text after the last line end. */
  rest(): string
  /** The last lines, for a message. */
  tail(): string
  /** Settles when the stream is closed. */
  ended: Promise<void>
}

export interface LogFault {
  what: string
  line: string
}

/** Enough for an error message about many settings. */
const SHOWN_BYTES = 2000

export interface LogOptions extends LineRules {
  name: 'stdout' | 'stderr'
}

export interface LineRules {
  format: LogFormat
  /** The VERSION of the manifest, which JSON lines with a version must have. */
  version?: string | undefined
}

export function readLog(stream: Readable, { name, ...rules }: LogOptions): LogReader {
  const faults: LogFault[] = []
  const tail: string[] = []
  let parts: Buffer[] = []
  /** Only stdout has them, once each. They say nothing about the application. */
  const launcherLines: string[] = name === 'stdout' ? [...LAUNCHER_LINES] : []
  let count = 0
  stream.on('data', (chunk: Buffer) => {
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10)) {
      take(Buffer.concat([...parts, chunk.subarray(0, end)]))
      parts = []
      chunk = chunk.subarray(end + 1)
    }
    if (chunk.length > 0) parts.push(chunk)
  })

  return {
    lines: () => count,
    faults: () => faults,
    rest: () => Buffer.concat(parts).toString(),
    tail: () => tail.join('\n  '),
    ended: new Promise((resolve) => stream.once('close', resolve)),
  }

  function take(bytes: Buffer) {
    if (launcherLines.length > 0 && bytes.toString() === launcherLines[0]) {
      launcherLines.shift()
      return
    }
    count += 1
    const what = judgeLine(bytes, rules)
    const line = bytes.toString('utf8', 0, SHOWN_BYTES)
    if (what && faults.length < 5) faults.push({ what: `a line on ${name} ${what}`, line })
    tail.push(line)
    if (tail.length > 30) tail.shift()
  }
}

/** @returns what is wrong with a line, or undefined */
export function judgeLine(bytes: Buffer, { format, version }: LineRules): string | undefined {
  if (bytes.length > platform.maxLineBytes) return `has ${bytes.length} bytes`
  if (bytes.includes(13)) return 'contains a carriage return'
  if (format === 'text') return undefined
  const line = parseObject(bytes.toString())
  if (!line) return 'is not a JSON object'
  if (version && line.version !== undefined && line.version !== version) {
    return `has version ${line.version}, but the manifest has ${version}`
  }
  return undefined
}

function parseObject(text: string): { version?: unknown } | undefined {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
