// Pipelined requests. Node passes them on as soon as they are parsed, and holds their responses back until those before
// them are sent: a client that pipelines requests for large files and reads slowly would make the service hold all of them.
// Here a request is passed on when its response can be sent.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ByteBudget } from './byte-budget.ts'

/** About what Node's objects for a request take. */
const REQUEST_BYTES = 4096

/** Node stops reading from a connection whose request has this much of an unread body. */
const MOST_BUFFERED = 128 * 1024

/** @returns whether the response is held back, because another one of its connection comes first */
export const isWaiting = ({ socket }: ServerResponse): boolean => socket === null

/**
 * Calls `start` when the responses before this one have been sent. If too many requests wait, the connection is closed.
 */
export function startInTurn(req: IncomingMessage, res: ServerResponse, budget: ByteBudget, start: () => void) {
  const bytes = REQUEST_BYTES + bufferedBytes(req)
  if (!budget.take(bytes)) return void req.socket.destroy()
  const { promise, resolve } = Promise.withResolvers<void>()
  void promise.then(() => budget.release(bytes))
  res.once('socket', () => {
    resolve()
    start()
  })
  req.once('close', resolve)
}

function bufferedBytes({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return MOST_BUFFERED
  return Math.min(Number(headers['content-length'] ?? 0) || 0, MOST_BUFFERED)
}
