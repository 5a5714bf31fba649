// Serves static files by declaration: a route, and the file or the folder that it stands for. Names are not hashed, so
// caches ask again after an hour; the entity tag is made from the content, and so is the same on every instance.

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Request, RequestHandler, Response } from 'express'
import { entityTag } from '../entity-tag.ts'
import { notFound } from '../problem.ts'

const MAX_AGE_SECONDS = 3600

/** @param url a file, or a folder if it ends with a slash; its subfolders are not served */
export function createFileHandler(url: URL): RequestHandler<{ file: string }> {
  return url.pathname.endsWith('/') ? createFolderHandler(url) : createSingleFileHandler(url)
}

function createSingleFileHandler(url: URL): RequestHandler<{ file: string }> {
  const file = fileURLToPath(url)
  const tag = entityTag(readFileSync(url))
  return (req, res) => send(req, res, { file, tag })
}

function createFolderHandler(folder: URL): RequestHandler<{ file: string }> {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())
  const tags = new Map(files.map(({ name }) => [name, entityTag(readFileSync(new URL(name, folder)))]))
  const root = fileURLToPath(folder)

  return (req, res) => {
    const { file } = req.params
    const tag = tags.get(file)
    if (!tag) throw notFound(`There is no file ${file} here.`)
    send(req, res, { file: root + file, tag })
  }
}

function send(req: Request, res: Response, { file, tag }: { file: string; tag: string }) {
  dropPreconditions(req)
  const headers = { etag: tag, 'cache-control': `public, max-age=${MAX_AGE_SECONDS}` }
  res.sendFile(file, { headers, acceptRanges: false, cacheControl: false, lastModified: false, dotfiles: 'allow' })
}

/**
 * Preconditions are there to change what one has seen (RFC 9110, 13.1); on what nobody can change they could only fail.
 */
export function dropPreconditions({ headers }: Pick<Request, 'headers'>) {
  delete headers['if-match']
  delete headers['if-unmodified-since']
}
