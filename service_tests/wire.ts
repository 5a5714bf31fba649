// A raw connection to the service: sends what no HTTP client would, in pieces and at any pace.

import { EventEmitter, once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Conformance } from '../tests/contract/conformance.ts'
import { type Answer, takeAnswer } from './http-answer.ts'

export interface Wire extends Disposable {
  socket: Socket
  /** Sends the bytes unchanged, one per character. An answer is expected for each request line. */
  write(bytes: string): void
  /** The next answer, checked against the contract; a 100 counts as one. */
  answer(): Promise<Answer>
  /** Settles when the service has closed the connection, with the bytes that belong to no answer. */
  closed(): Promise<string>
}

/** A request that could not be parsed has neither a method nor a path. */
const unreadable = { method: 'unknown', path: 'unknown' }

export async function openWire(port: number, host: string, conform: Conformance): Promise<Wire> {
  const socket = connect({ port, host, allowHalfOpen: false })
  await once(socket, 'connect')
  const asked: { method: string; path: string }[] = []
  const arrivals = new EventEmitter()
  let received = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    received += chunk
    arrivals.emit('change')
  })
  socket.once('close', () => arrivals.emit('change'))
  // A reset closes the connection as well, and `closed` settles.
  socket.on('error', () => {})

  return {
    socket,
    write(bytes) {
      for (const [, method, path] of bytes.matchAll(/^([A-Z]+) (\S+) HTTP\/1\.\d\r?$/gm)) {
        asked.push({ method: method!, path: path!.replace(/^http:\/\/[^/]+/, '') })
      }
      socket.write(bytes, 'latin1')
    },
    answer,
    async closed() {
      // `once` would reject if the connection is reset.
      if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
      return received
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }

  async function answer(): Promise<Answer> {
    const request = asked[0] ?? unreadable
    for (;;) {
      const taken = takeAnswer(received, request.method, socket.closed)
      if (taken) {
        received = taken.rest
        if (taken.answer.status === 100) return taken.answer
        asked.shift()
        conform({ ...request, ...taken.answer })
        return taken.answer
      }
      if (socket.closed)
        throw new Error(`The connection was closed before an answer to ${request.method} ${request.path}.`)
      await once(arrivals, 'change')
    }
  }
}
