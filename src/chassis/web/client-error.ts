// Answers to what never became a request: Node could not parse it, or it did not come in time. There is only the bare
// socket, so the answer is written by hand.

import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { STATUS_CODES } from '../node-http.ts'
import { PROBLEM_TYPE, Problem } from '../problem.ts'
import { writeProblem } from './errors.ts'
import { standardHead } from './headers.ts'
import type { RequestTracker } from './request-tracker.ts'

/** The request line and all headers. It is Node's default, said aloud. */
export const MAX_HEADER_BYTES = 16 * 1024

/** @param error what Node's `clientError` event tells */
export function answerClientError(socket: Socket, error: NodeJS.ErrnoException, tracker: RequestTracker) {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const problem = toProblem(error)
  const res = tracker.inFlightOn(socket)
  if (!res) {
    const requestId = randomUUID()
    tracker.refused(socket, requestId, problem.status)
    return void socket.end(bareAnswer(problem, requestId))
  }
  // A request is being answered on this connection. If it is the one at fault, its handler waits for the rest of its
  // body in vain; if not, it was followed by something that is not HTTP, and may still finish. The connection ends in
  // any case.
  res.shouldKeepAlive = false
  if (!res.req.complete && !res.headersSent) writeProblem(res, problem)
}

function toProblem({ code }: NodeJS.ErrnoException): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem(408, 'The request took too long to arrive.')
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem(431, `The headers are larger than ${MAX_HEADER_BYTES} bytes.`)
  return new Problem(400, 'The request is not well-formed HTTP.')
}

function bareAnswer(problem: Problem, requestId: string): string {
  const body = JSON.stringify(problem)
  return (
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${standardHead}x-request-id: ${requestId}\r\n` +
    `content-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
  )
}
