// Turns errors into responses: unknown paths, other methods, and everything that a handler throws.

import type { ServerResponse } from 'node:http'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { Log } from '../../ports/log.ts'
import { notFound, PROBLEM_TYPE, Problem } from '../problem.ts'

export const refuseUnknownPath: RequestHandler = (req) => {
  throw notFound(`There is nothing at ${req.path}.`)
}

/** @param allow the methods that the path has, in the form of the Allow header */
export function refuseOtherMethods(allow: string): RequestHandler {
  return function refuseMethod(req, res) {
    if (req.method === 'OPTIONS') return void res.writeHead(204, { allow }).end()
    throw new Problem(405, `${req.method} is not a method of ${req.path}.`, { headers: { allow } })
  }
}

export function answerWithProblem(log: Log): ErrorRequestHandler {
  return function answerProblem(error, req, res, _next) {
    const problem = toProblem(error)
    if (problem.status >= 500 && problem !== error) {
      log.error({ error, method: req.method, path: req.path }, 'a handler failed')
    }
    // The status is already sent; closing the connection is the only way left to signal failure.
    if (res.headersSent) return void res.destroy()
    writeProblem(res, problem)
  }
}

/** @param always headers that this response would otherwise lack */
export function writeProblem(res: ServerResponse, problem: Problem, always: Record<string, string> = {}) {
  const body = Buffer.from(JSON.stringify(problem))
  const headers = { ...always, ...problem.headers, 'content-type': PROBLEM_TYPE, 'content-length': body.length }
  res.writeHead(problem.status, headers).end(body)
}

/**
 * Express marks the client's errors by a 4xx status. Their messages are not meant for clients.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const status = (error as { status?: unknown } | undefined)?.status
  if (error instanceof URIError) return new Problem(400, 'The path is not correctly percent-encoded.')
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Problem(status, 'The request can’t be handled.')
  return new Problem(500, 'The service failed to handle the request.')
}
