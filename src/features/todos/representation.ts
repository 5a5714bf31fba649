// A todo or a page of them, ready to be sent: this is what the cache holds, so that nothing is left to do for a hit.

import { createHash } from 'node:crypto'
import type { Request, Response } from 'express'
import { writeCursor } from './cursor.ts'
import type { Todo } from './store.ts'

export interface Representation {
  body: string
  /** Weak, since the same content may be sent compressed (RFC 9110, 8.8.3). */
  etag: string
  /** The next page as a Link header has it (RFC 8288). */
  link?: string
}

export const representTodo = (todo: Todo): Representation => represent(todo)

/** @param todos one more than the limit, where there is another page */
export function representPage(todos: Todo[], limit: number): Representation {
  const data = todos.slice(0, limit)
  if (todos.length <= limit) return represent({ data })
  const next = `?limit=${limit}&cursor=${writeCursor(data.at(-1)!.id)}`
  return { ...represent({ data, next }), link: `<${next}>; rel="next"` }
}

function represent(value: object): Representation {
  const body = JSON.stringify(value)
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22)
  return { body, etag: `W/"${hash}"` }
}

/** 304 where the client has it already. What it has, it asks about each time, for others may have changed it. */
export function send(req: Pick<Request, 'headers'>, res: Response, { body, etag, link }: Representation) {
  const headers = { etag, 'cache-control': 'no-cache', ...(link && { link }) }
  if (knows(req.headers['if-none-match'], etag)) return void res.writeHead(304, headers).end()
  const length = Buffer.byteLength(body)
  const described = { ...headers, 'content-type': 'application/json; charset=utf-8', 'content-length': length }
  res.writeHead(200, described).end(body)
}

/** By weak comparison (RFC 9110, 13.1.2). */
function knows(given: string | undefined, etag: string): boolean {
  if (given === undefined) return false
  const opaque = etag.slice(2)
  return given.trim() === '*' || given.split(',').some((each) => each.trim().replace(/^W\//, '') === opaque)
}
