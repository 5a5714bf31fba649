// Answers as the tests see them: complete, and checked against the contract before a test reads them.

import type { Conformance } from '../tests/contract/conformance.ts'

export interface Answer {
  status: number
  headers: Headers
  body: string
  json<T>(): T
}

/** @param url of the service, without a slash at its end */
export function createFetch(url: string, conform: Conformance) {
  return async function fetchAnswer(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(url + path, { redirect: 'manual', ...init })
    const answer = createAnswer(response.status, response.headers, await response.text())
    conform({ method: init.method ?? 'GET', path, ...answer })
    return answer
  }
}

export const postJson = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/**
 * Takes one answer from the beginning of the received bytes; undefined if it is not complete yet.
 *
 * @param received one character per byte
 * @param ended whether the connection is closed
 */
export function takeAnswer(received: string, method: string, ended: boolean) {
  const [, status, fields, rest] = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n(.*)$/s.exec(received) ?? []
  if (status === undefined || fields === undefined || rest === undefined) return undefined
  const headers = new Headers(fields.split('\r\n').slice(0, -1).map(splitField))
  const hasBody = method !== 'HEAD' && !/^(1..|204|304)$/.test(status)
  const taken = hasBody ? takeBody(rest, headers, ended) : { body: '', rest }
  if (!taken) return undefined
  const body = Buffer.from(taken.body, 'latin1').toString('utf8')
  return { answer: createAnswer(Number(status), headers, body), rest: taken.rest }
}

function createAnswer(status: number, headers: Headers, body: string): Answer {
  return { status, headers, body, json: () => JSON.parse(body) }
}

function splitField(field: string): [string, string] {
  const [name, ...value] = field.split(':')
  return [name!, value.join(':').trim()]
}

function takeBody(received: string, headers: Headers, ended: boolean) {
  if (headers.get('transfer-encoding') === 'chunked') return takeChunks(received)
  const length = headers.get('content-length')
  if (length === null) return ended ? { body: received, rest: '' } : undefined
  if (received.length < Number(length)) return undefined
  return { body: received.slice(0, Number(length)), rest: received.slice(Number(length)) }
}

function takeChunks(received: string) {
  let body = ''
  let at = 0
  for (;;) {
    const [line, digits] = /^([\da-f]+)\r\n/i.exec(received.slice(at, at + 20)) ?? []
    if (line === undefined) return undefined
    const from = at + line.length
    const to = from + Number.parseInt(digits!, 16)
    if (received.length < to + 2) return undefined
    body += received.slice(from, to)
    at = to + 2
    if (from === to) return { body, rest: received.slice(at) }
  }
}
