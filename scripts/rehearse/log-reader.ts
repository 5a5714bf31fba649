// Reads what a process prints as the platform does, a line at a time, and notes what would not get through whole.

import type { Readable } from 'node:stream'
import { platform } from './platform.ts'

export interface LogReader {
  lines(): number
  /** The first of what would go wrong; empty where nothing would. */
  faults(): LogFault[]
  /** What came after the last line end. */
  rest(): string
  /** The last lines, for a message. */
  tail(): string
  /** Settles when nobody can write any more. */
  ended: Promise<void>
}

export interface LogFault {
  what: string
  line: string
}

/** Enough for a complaint about many settings at once. */
const SHOWN_BYTES = 2000

/** @param version what lines with a version have to tell; undefined where the manifest does not say */
export function readLog(stream: Readable, name: 'stdout' | 'stderr', version?: string): LogReader {
  const faults: LogFault[] = []
  const tail: string[] = []
  let parts: Buffer[] = []
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
    count += 1
    const what = judgeLine(bytes, version)
    const line = bytes.toString('utf8', 0, SHOWN_BYTES)
    if (what && faults.length < 5) faults.push({ what: `a line on ${name} ${what}`, line })
    tail.push(line)
    if (tail.length > 30) tail.shift()
  }
}

/** @returns what is wrong with a line, without its end; undefined where nothing is */
export function judgeLine(bytes: Buffer, version?: string): string | undefined {
  if (bytes.length > platform.maxLineBytes) return `has ${bytes.length} bytes`
  if (bytes.includes(13)) return 'has a carriage return in it'
  const line = parseObject(bytes.toString())
  if (!line) return 'is no JSON object'
  if (version && line.version !== undefined && line.version !== version) {
    return `tells version ${line.version}, and the manifest ${version}`
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
