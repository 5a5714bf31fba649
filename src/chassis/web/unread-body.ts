// Bodies that were not read when the response was sent, as after a 404, 413 or 415. The rest is read and discarded, so that
// the client receives the response and the connection can be used again; but not without end.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Beyond this the connection is closed. Node limits the time: REQUEST_TIMEOUT_SECONDS from the start of the request. */
const MOST_DISCARDED = 8 * 1024 * 1024

/** Whether the body may be larger than what is discarded at most. Costs other requests no listener. */
export const mayBeEndless = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > MOST_DISCARDED

/** Discards what is left of the body once the response is sent. */
export function limitUnreadBody(req: IncomingMessage, res: ServerResponse) {
  // Before Node's own listener, which would discard everything without reporting how much.
  res.prependOnceListener('finish', () => {
    if (req.complete) return
    let left = MOST_DISCARDED
    req
      .removeAllListeners('data')
      .on('data', ({ length }: Buffer) => {
        left -= length
        if (left < 0) req.socket.destroy()
      })
      .resume()
  })
}

export interface AnsweredEarly {
  /** Notes a request whose response was sent. */
  note(req: IncomingMessage): void
  /** Whether the last request of the connection was answered, and has not arrived as a whole. */
  includes(socket: Socket): boolean
}

/** The connections whose last request was answered before its body had arrived. */
export function createAnsweredEarly(): AnsweredEarly {
  const requests = new WeakMap<Socket, IncomingMessage>()
  return {
    note(req) {
      if (!req.complete) requests.set(req.socket, req)
    },
    includes: (socket) => requests.get(socket)?.complete === false,
  }
}
