// The stdout of a server, read and counted as a platform would. It is a pipe made by mkfifo, because the one that Node
// creates for a child is a socket, with another buffer and another cost of each write.

import { execFileSync } from 'node:child_process'
import { constants, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'

/** Each is once in such a line, and in no other: inside a JSON string the quotes would be escaped. */
const REQUEST = '"message":"request"'
const SCRAPE = '"path":"/metrics"'

export interface StdoutPipe {
  /** The descriptor to start the process with, and to close as soon as it has been started. */
  writer: number
  /** Settles with the port that the first line names. */
  port: Promise<number>
  /** How many request lines have been read, without those for /metrics. */
  requestLines(): number
  /** Reads no more. */
  stall(): void
  close(): void
}

export function openStdoutPipe(directory: string): StdoutPipe {
  const path = join(directory, 'stdout')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, constants.O_WRONLY)
  rmSync(path)

  const pipe = new Socket({ fd: reader, readable: true, writable: false })
  const [requests, scrapes] = [createCounter(REQUEST), createCounter(SCRAPE)]
  pipe.on('data', (chunk) => {
    requests.read(chunk)
    scrapes.read(chunk)
  })
  return {
    writer,
    port: readPort(pipe),
    requestLines: () => requests.count() - scrapes.count(),
    stall: () => void pipe.pause(),
    close: () => void pipe.destroy(),
  }
}

function readPort(pipe: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    pipe.on('data', function read(chunk) {
      text += chunk
      const port = /"port":(\d+)/.exec(text)?.[1]
      if (!port) return
      pipe.off('data', read)
      resolve(Number(port))
    })
    pipe.once('close', () => reject(new Error(`The server ended before it listened. It said: ${text || 'nothing'}`)))
  })
}

/** Counts a text in a stream, also where two chunks share it. */
function createCounter(text: string) {
  const wanted = Buffer.from(text)
  let count = 0
  let rest: Buffer = Buffer.alloc(0)

  return {
    count: () => count,
    read(chunk: Buffer) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      let end = 0
      for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, end)) {
        count += 1
        end = at + wanted.length
      }
      rest = bytes.subarray(Math.max(end, bytes.length - wanted.length + 1))
    },
  }
}
