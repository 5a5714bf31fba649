// What a resource is sent as, made once and then cached: a cache hit is left with nothing to do but send it.

import type { Request, Response } from 'express'
import { entityTag, matchesTag } from '../chassis/entity-tag.ts'

export interface Representation {
  /** JSON. */
  body: string
  etag: string
  /** The Link header (RFC 8288), such as the next page. */
  link?: string
}

export const represent = (resource: object): Representation => representText(JSON.stringify(resource))

export const representText = (body: string): Representation => ({ body, etag: entityTag(body) })

/** 304 where the client has it already. Clients revalidate it each time, for it may have been changed. */
export function sendRepresentation(
  req: Pick<Request, 'headers'>,
  res: Response,
  { body, etag, link }: Representation,
): void {
  const headers = { etag, 'cache-control': 'no-cache', ...(link && { link }) }
  if (matchesTag(req.headers['if-none-match'], etag)) return void res.writeHead(304, headers).end()
  const length = Buffer.byteLength(body)
  const described = { ...headers, 'content-type': 'application/json; charset=utf-8', 'content-length': length }
  res.writeHead(200, described).end(body)
}

/** 201 with the resource and its Location, for a POST to its collection. */
export function sendCreated<Resource extends { id: string }>(
  req: Pick<Request, 'path'>,
  res: Response<Resource>,
  resource: Resource,
): void {
  // Relative to the requested path, which may be behind a prefix or end with a slash.
  const collection = req.path.slice(req.path.lastIndexOf('/') + 1)
  const location = collection ? `${collection}/${resource.id}` : resource.id
  res.status(201).set('location', location).json(resource)
}
