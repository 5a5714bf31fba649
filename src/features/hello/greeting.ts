// One resource in two representations (RFC 9110, 12.5.1): the caller's Accept header decides between text and HTML.

import type { Response } from 'express'
import { Problem } from '../../chassis/problem.ts'
import type { Handler } from '../../ports/routes.ts'

export type Shown = 'text' | 'page'

const TEXT = 'Hello world\n'
const TEXT_HEADERS = { 'content-type': 'text/plain; charset=utf-8', 'content-length': TEXT.length, vary: 'Accept' }

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  vary: 'Accept',
}

/** @param visited called on each visit with what is shown */
export function createGreeting(page: () => Promise<string>, visited: (shown: Shown) => void): Handler<'greet'> {
  return (req, res) => {
    const shown = choose(req.headers.accept)
    visited(shown)
    if (shown === 'page') return sendPage(res, page)
    res.writeHead(200, varying(res, TEXT_HEADERS)).end(TEXT)
  }
}

async function sendPage(res: Response, page: () => Promise<string>) {
  const html = await page()
  res.writeHead(200, varying(res, { ...PAGE_HEADERS, 'content-length': Buffer.byteLength(html) })).end(html)
}

/** CORS may have set a Vary header already. */
function varying<Headers extends { vary: string }>(res: Response, headers: Headers): Headers {
  const before = res.getHeader('vary')
  return before ? { ...headers, vary: `${before}, ${headers.vary}` } : headers
}

/** An equal or absent preference gives plain text. */
function choose(accept: string | undefined): Shown {
  if (!accept || accept === '*/*') return 'text'
  const text = preference(accept, 'text', 'plain')
  const page = preference(accept, 'text', 'html')
  if (text === 0 && page === 0) throw new Problem(406, 'This resource is available as text/plain and text/html.')
  return page > text ? 'page' : 'text'
}

/** The weight of a media type from 0 to 1: that of the most specific range that contains it. */
function preference(accept: string, type: string, subtype: string): number {
  const weights = new Map(accept.split(',').map(readRange))
  return weights.get(`${type}/${subtype}`) ?? weights.get(`${type}/*`) ?? weights.get('*/*') ?? 0
}

function readRange(range: string): [string, number] {
  const [name = '', ...parameters] = range
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1'
  return [name, Number(weight) || 0]
}
