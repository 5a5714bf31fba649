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

/** Of long todos fewer make a page. Many pages are made, cached and sent at the same time, and each takes memory. */
const PAGE_BYTES = 64 * 1024

export const representTodo = (todo: Todo): Representation => represent(JSON.stringify(todo))

/** @param todos one more than the limit, where there is another page */
export function representPage(todos: Todo[], limit: number): Representation {
  const listed = fitting(todos.slice(0, limit).map((todo) => JSON.stringify(todo)))
  const last = todos[listed.length - 1]
  if (!last || listed.length === todos.length) return represent(`{"data":[${listed}]}`)
  const next = `?limit=${limit}&cursor=${writeCursor(last.id)}`
  return { ...represent(`{"data":[${listed}],"next":"${next}"}`), link: `<${next}>; rel="next"` }
}

/** As many as fit into a page, but one in any case. */
function fitting(texts: string[]): string[] {
  let bytes = 0
  const end = texts.findIndex((text, index) => {
    bytes += Buffer.byteLength(text)
    return bytes > PAGE_BYTES && index > 0
  })
  return end === -1 ? texts : texts.slice(0, end)
}

function represent(body: string): Representation {
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
