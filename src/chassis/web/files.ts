// Serves static files by declaration: a route and its file or folder. File names are not hashed, so caches revalidate after
// an hour. The entity tag is a hash of the content, so it is the same on every instance.

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Request, RequestHandler, Response } from 'express'
import { entityTag } from '../entity-tag.ts'
import { notFound } from '../problem.ts'

const MAX_AGE_SECONDS = 3600

/** @param url a file, or a folder if it ends with a slash; subfolders are not served */
export function createFileHandler(url: URL): RequestHandler<{ file: string }> {
  if (url.search || url.hash) throw new Error(`${url} is not the URL of a file: write ? as %3F, and # as %23.`)
  return url.pathname.endsWith('/') ? createFolderHandler(url) : createSingleFileHandler(url)
}

function createSingleFileHandler(url: URL): RequestHandler<{ file: string }> {
  const file = fileURLToPath(url)
  const tag = entityTag(readFileSync(url))
  return (req, res) => send(req, res, { file, tag })
}

function createFolderHandler(folder: URL): RequestHandler<{ file: string }> {
  const root = fileURLToPath(folder)
  const files = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isFile() && isText(entry.name))
  // Names are joined to a path and not to a URL, in which # and ? would end them.
  const tags = new Map(files.map(({ name }) => [name, entityTag(readFileSync(root + name))]))

  return (req, res) => {
    const { file } = req.params
    const tag = tags.get(file)
    if (!tag) throw notFound(`There is no file ${file}.`)
    send(req, res, { file: root + file, tag })
  }
}

/** A name that is not UTF-8 was decoded with replacement characters, by which the file can't be opened. */
const isText = (name: string) => !name.includes('\uFFFD')

function send(req: Request, res: Response, { file, tag }: { file: string; tag: string }) {
  dropPreconditions(req)
  const headers = { etag: tag, 'cache-control': `public, max-age=${MAX_AGE_SECONDS}` }
  res.sendFile(file, { headers, acceptRanges: false, cacheControl: false, lastModified: false, dotfiles: 'allow' })
}

/**
 * Preconditions protect changes (RFC 9110, 13.1). Static content can't be changed by requests, so they are ignored.
 */
export function dropPreconditions({ headers }: Pick<Request, 'headers'>) {
  delete headers['if-match']
  delete headers['if-unmodified-since']
}
