// Answers what never became a request, because Node could not parse it or it did not arrive in time. There is only the
// socket, so the response is written as text.

import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { STATUS_CODES } from '../node-http.ts'
import { PROBLEM_TYPE, Problem } from '../problem.ts'
import { writeProblem } from './errors.ts'
import { standardHead } from './headers.ts'
import type { RequestTracker } from './request-tracker.ts'
import type { AnsweredEarly } from './unread-body.ts'

export interface ClientErrorOptions {
  tracker: RequestTracker
  /** The largest request line and headers together, in bytes. */
  headerLimit: number
  answeredEarly: AnsweredEarly
}

/** @param error of Node's `clientError` event */
export function answerClientError(
  socket: Socket,
  error: NodeJS.ErrnoException,
  { tracker, headerLimit, answeredEarly }: ClientErrorOptions,
) {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  // The request has its response; a second one would pass for that of the next request.
  if (answeredEarly.includes(socket)) return void socket.end()
  const problem = toProblem(error, headerLimit)
  const res = tracker.inFlightOn(socket)
  if (!res) {
    const requestId = randomUUID()
    tracker.refused(socket, requestId, problem.status)
    return void socket.end(bareAnswer(problem, requestId))
  }
  // A request is in flight on this connection. If it caused the error, its handler would wait forever for the rest of the
  // body. Otherwise the error came after it, and its response may still finish. The connection is closed in both cases,
  // because Node can't parse what follows.
  if (res.headersSent) return void res.once('close', () => socket.end())
  res.shouldKeepAlive = false
  if (!res.req.complete) writeProblem(res, problem)
}

function toProblem({ code }: NodeJS.ErrnoException, headerLimit: number): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem(408, 'The request took too long to arrive.')
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new Problem(431, `The request line and the headers are larger than ${headerLimit} bytes.`)
  }
  return new Problem(400, 'The request is not well-formed HTTP.')
}

function bareAnswer(problem: Problem, requestId: string): string {
  const body = JSON.stringify(problem)
  return (
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${standardHead}x-request-id: ${requestId}\r\n` +
    `content-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
  )
}
