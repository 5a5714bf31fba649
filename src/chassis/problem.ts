// Errors that a client is meant to see, as problem details (RFC 9457). Any other error is a bug or an outage: the client
// gets a 500 without details, and the error is logged.

import { STATUS_CODES } from './node-http.ts'

export const PROBLEM_TYPE = 'application/problem+json'

export interface ProblemOptions {
  /** Response headers, such as Retry-After. */
  headers?: Record<string, string>
  /** Extension members of the problem document (RFC 9457, 3.2). */
  members?: Record<string, unknown>
}

export class Problem extends Error {
  readonly status: number
  readonly headers: Record<string, string>
  readonly members: Record<string, unknown>

  /** @param detail a sentence for the client that names the cause and, if there is one, the remedy */
  constructor(status: number, detail: string, { headers = {}, members = {} }: ProblemOptions = {}) {
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.headers = headers
    this.members = members
  }

  /** The document that the client gets. Its type is about:blank, because the status is specific enough. */
  toJSON() {
    const title = STATUS_CODES[this.status] ?? 'Error'
    return { type: 'about:blank', title, status: this.status, detail: this.message, ...this.members }
  }
}

export const badRequest = (detail: string, members?: Record<string, unknown>) =>
  new Problem(400, detail, members ? { members } : {})

export const notFound = (detail: string) => new Problem(404, detail)

/**
 * @returns the value, which is there
 * @throws {Problem} 404 with this detail where it is undefined, null or false
 */
export function found<Value>(value: Value, detail: string): Exclude<Value, undefined | null | false> {
  if (value === undefined || value === null || value === false) throw notFound(detail)
  return value as Exclude<Value, undefined | null | false>
}

/** The state of the resource does not allow the request, such as to cancel an order that has been shipped. */
export const conflict = (detail: string) => new Problem(409, detail)

/** @param retryAfterSeconds when to try again, in whole seconds */
export const unavailable = (detail: string, retryAfterSeconds: number, members?: Record<string, unknown>) =>
  new Problem(503, detail, { headers: { 'retry-after': String(retryAfterSeconds) }, ...(members && { members }) })
