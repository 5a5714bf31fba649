// Factor XI: where log lines go. Stdout is a pipe on every platform, and a reader that stalls must neither stop the
// service nor fill its memory. A blocking write would stop the event loop; fs.write would hold a libuv thread, for
// which process.exit() then waits for ever. So a pipe is written as a non-blocking socket, and what it can't take is
// dropped.

import { fstatSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { LogSink } from '../ports/log.ts'

/** Lines that wait for the reader, in UTF-16 units; some 8,000 request lines. */
const MAX_WAITING = 2 * 1024 * 1024

/** Cloud Foundry cuts lines at 61,440 bytes (executor: log_streamer MAX_MESSAGE_SIZE), which would break the JSON. */
const MAX_LINE_BYTES = 60_000

export function openLogSink(fd = 1): LogSink {
  const kind = fstatSync(fd)
  const write = kind.isFIFO() || kind.isSocket() ? openPipe(fd) : openFile(fd)
  let waiting = ''
  let dropped = 0

  return {
    write(line) {
      const whole = shorten(harmless(line))
      if (write.waiting() + waiting.length + whole.length > MAX_WAITING) {
        dropped += 1
        return
      }
      // One write for all lines of a turn of the event loop: a system call a line costs as much as the line itself.
      if (waiting === '') setImmediate(pass)
      waiting += whole
    },
    dropped: () => dropped,
    async flush() {
      pass()
      await write.flushed()
    },
  }

  function pass() {
    if (waiting !== '' && !write.write(waiting)) dropped += waiting.split('\n').length - 1
    waiting = ''
  }
}

interface Destination {
  /** Whether it took the text. */
  write(text: string): boolean
  waiting(): number
  flushed(): Promise<void>
}

function openPipe(fd: number): Destination {
  const pipe = new Socket({ fd, readable: false, writable: true })
  let broken = false
  pipe.on('error', () => {
    broken = true // The reader is gone. The service goes on, and counts.
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

/** A file or a terminal: it can't stall for long, and a plain write keeps the order on the screen. */
function openFile(fd: number): Destination {
  return { write, waiting: () => 0, flushed: async () => {} }

  function write(text: string): boolean {
    try {
      writeSync(fd, text)
      return true
    } catch {
      return false // A full disk is no reason to end.
    }
  }
}

/** JSON may hold DEL and the C1 controls as they are, but a terminal would obey them. */
const harmless = (line: string) =>
  line.replace(/[\x7f-\x9f]/g, (control) => `\\u00${control.charCodeAt(0).toString(16)}`)

/** A line that is too long becomes a shorter one that is still a JSON object, and says so. */
function shorten(line: string): string {
  if (line.length * 3 <= MAX_LINE_BYTES) return line // In UTF-8 a UTF-16 unit takes three bytes at most.
  const bytes = Buffer.byteLength(line)
  if (bytes <= MAX_LINE_BYTES) return line
  const { level, time } = JSON.parse(line)
  return `${JSON.stringify({ level, time, message: 'a log line was too long', bytes, beginning: line.slice(0, 8000) })}\n`
}
