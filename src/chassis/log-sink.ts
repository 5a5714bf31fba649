// Factor XI, logs: writes log lines to stdout. Stdout is a pipe on every platform, and a stalled reader must neither stop
// the service nor fill its memory. A blocking write would stop the event loop; fs.write would occupy a libuv thread, for
// which process.exit() then waits forever. So a pipe is written as a non-blocking socket, and what it can't accept is
// dropped.

import { fstatSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { LogSink } from '../ports/log.ts'

/** The limit of what waits for the reader, in UTF-16 units: some 8,000 request lines. */
const MAX_WAITING = 2 * 1024 * 1024

/** Cloud Foundry truncates lines to 61,440 bytes (executor: log_streamer MAX_MESSAGE_SIZE), which would break the JSON. */
const MAX_LINE_BYTES = 60_000

export function openLogSink(fd = 1): LogSink {
  const kind = fstatSync(fd)
  const destination = kind.isFIFO() || kind.isSocket() ? openPipe(fd) : openFile(fd)
  let buffered = ''
  let dropped = 0

  return {
    write(line) {
      const safe = shorten(escapeControls(line))
      if (destination.waiting() + buffered.length + safe.length > MAX_WAITING) {
        dropped += 1
        return
      }
      // One write for all lines of a turn of the event loop: a system call costs as much as making a line.
      if (buffered === '') setImmediate(pass)
      buffered += safe
    },
    dropped: () => dropped,
    async flush() {
      pass()
      await destination.flushed()
    },
  }

  function pass() {
    if (buffered !== '' && !destination.write(buffered)) dropped += buffered.split('\n').length - 1
    buffered = ''
  }
}

interface Destination {
  /** @returns whether the text was accepted */
  write(text: string): boolean
  waiting(): number
  flushed(): Promise<void>
}

function openPipe(fd: number): Destination {
  const pipe = new Socket({ fd, readable: false, writable: true })
  let broken = false
  pipe.on('error', () => {
    broken = true // The reader is gone. The service continues, and counts the lines it drops.
  })
  return {
    write(text) {
      pipe.write(text)
      return !broken
    },
    waiting: () => (broken ? Number.POSITIVE_INFINITY : pipe.writableLength),
    flushed: () => new Promise((resolve) => (broken ? resolve() : pipe.write('', () => resolve()))),
  }
}

/** A file or a terminal does not stall for long, and a synchronous write keeps the order on the screen. */
function openFile(fd: number): Destination {
  return { write, waiting: () => 0, flushed: async () => {} }

  function write(text: string): boolean {
    try {
      writeSync(fd, text)
      return true
    } catch {
      return false // A full disk must not end the service.
    }
  }
}

/** JSON may contain DEL and the C1 control characters unescaped, but a terminal would interpret them. */
const escapeControls = (line: string) =>
  line.replace(/[\x7f-\x9f]/g, (control) => `\\u00${control.charCodeAt(0).toString(16)}`)

/** Replaces a line that is too long by a JSON object with its beginning. */
function shorten(line: string): string {
  if (line.length * 3 <= MAX_LINE_BYTES) return line // A UTF-16 unit is at most three bytes of UTF-8.
  const bytes = Buffer.byteLength(line)
  if (bytes <= MAX_LINE_BYTES) return line
  const { level, time } = JSON.parse(line)
  return `${JSON.stringify({ level, time, message: 'a log line was too long', bytes, beginning: line.slice(0, 8000) })}\n`
}
