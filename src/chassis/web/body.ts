// Reads a request body once, as bytes and within a limit, and decodes it by its media type. An operation with `x-raw-body`
// gets the bytes unchanged.

import type { IncomingMessage } from 'node:http'
import type { Request, RequestHandler } from 'express'
import { requestContext } from '../context.ts'
import { badRequest, Problem } from '../problem.ts'
import type { Operation } from './contract.ts'
import { decode } from './decode.ts'
import { countOf } from './protocol.ts'

/** @param limit the largest body, in bytes */
export function createBodyReader({ body, rawBody }: Operation, limit: number): RequestHandler | undefined {
  if (!body) return undefined
  const accepted = Object.keys(body.content)

  return function readBody(req, res, next) {
    if (!hasBody(req) && !body.required) return next()
    const type = acceptedType(req, accepted)
    if (Number(req.headers['content-length']) > limit) throw tooLarge(limit)
    if (req.headers.expect) res.writeContinue()
    // Node's parser calls back outside of the request's context, so log lines would lose the request id. Awaiting a
    // promise would keep the context, but costs 6 µs, an eighth of a small POST.
    const context = requestContext.getStore()
    readBytes(req, limit, (problem, bytes) => requestContext.run(context!, proceed, problem, bytes))

    function proceed(problem: Problem | null, bytes: Buffer) {
      if (problem) return next(problem)
      try {
        req.body = rawBody ? bytes : decode(type, bytes)
      } catch (error) {
        return next(error)
      }
      next()
    }
  }
}

/** A request has a body if it has a length or is chunked (RFC 9112, 6.3). */
const hasBody = ({ headers }: Request) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** RFC 9110, 8.3.1 and 5.6.6. White space matches in one place only, so that no header causes much backtracking. */
const TOKEN = /[\w!#$%&'*+.^`|~-]+/.source
const PARAMETER = new RegExp(`;\\s*(?:(${TOKEN})=(${TOKEN}|"(?:[^"\\\\]|\\\\.)*")\\s*)?`, 'g')
const MEDIA_TYPE = new RegExp(`^(${TOKEN}/${TOKEN})\\s*((?:${PARAMETER.source})*)$`)

function acceptedType(req: Request, accepted: string[]): string {
  const { 'content-type': given = '', 'content-encoding': encoding = 'identity' } = req.headers
  const [, type, parameters = ''] = MEDIA_TYPE.exec(given) ?? []
  const known = countOf(req, 'content-type') === 1 && accepted.find((each) => each === type?.toLowerCase())
  if (!known) throw unsupported(`Media type needs to be ${accepted.join(' or ')}.`, { accept: accepted.join(', ') })
  if (!/^"?(utf-?8|us-ascii)"?$/i.test(charsetOf(parameters))) throw unsupported('The charset must be utf-8.', {})
  if (encoding.toLowerCase() !== 'identity') {
    throw unsupported('The body must not have a content encoding.', { 'accept-encoding': 'identity' })
  }
  return known
}

function charsetOf(parameters: string): string {
  for (const [, name, value] of parameters.matchAll(PARAMETER)) if (name?.toLowerCase() === 'charset') return value!
  return 'utf-8'
}

const unsupported = (detail: string, headers: Record<string, string>) => new Problem(415, detail, { headers })

const tooLarge = (limit: number) => new Problem(413, `The body is larger than ${limit} bytes.`)

/** Ends with a 413 once the limit is exceeded. The rest is read and discarded, so that the client receives the response. */
function readBytes(req: IncomingMessage, limit: number, done: (problem: Problem | null, bytes: Buffer) => void) {
  const chunks: Buffer[] = []
  let length = 0
  let finished = false
  req.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > limit) return fail(tooLarge(limit))
    chunks.push(chunk)
  })
  req.on('end', () => finish(null, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)))
  req.on('error', () => fail(badRequest('The body ended before it was complete.')))

  function fail(problem: Problem) {
    req.removeAllListeners('data').resume()
    finish(problem, Buffer.alloc(0))
  }

  // Only once: after a 413 the client may still disconnect before the rest has arrived, which emits an error too.
  function finish(problem: Problem | null, bytes: Buffer) {
    if (finished) return
    finished = true
    done(problem, bytes)
  }
}
