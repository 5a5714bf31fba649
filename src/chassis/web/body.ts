// Reads a request body once, as bytes and within a limit, and decodes it by its media type. An operation with `x-raw-body`
// gets the bytes unchanged.

import type { Request, RequestHandler, Response } from 'express'
import { requestContext } from '../context.ts'
import { badRequest, Problem, unavailable } from '../problem.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { Operation } from './contract.ts'
import { decode } from './decode.ts'
import { countOf } from './protocol.ts'

export interface BodyOptions {
  /** The largest body, in bytes. */
  limit: number
  /** Shared by all bodies. */
  budget: ByteBudget
}

export function createBodyReader({ body, rawBody }: Operation, options: BodyOptions): RequestHandler | undefined {
  const { limit } = options
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
    readBytes(req, res, options, (problem, bytes) => requestContext.run(context!, proceed, problem, bytes))

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

/** Bodies up to this size don't count: even MAX_IN_FLIGHT of them fit, and large ones can't keep them out. */
const UNCOUNTED_BYTES = 16 * 1024

type Done = (problem: Problem | null, bytes: Buffer) => void

/** Fails with a 413 beyond the limit, and with a 503 beyond the budget; unread-body.ts discards the rest. */
function readBytes(req: Request, res: Response, { limit, budget }: BodyOptions, done: Done) {
  let bytes: Buffer = EMPTY
  let length = 0
  let counted = 0
  let finished = false
  req.on('data', (chunk: Buffer) => {
    if (length + chunk.length > limit) return fail(tooLarge(limit))
    if (!append(chunk)) return fail(unavailable('Too many large bodies are being received.', 1))
  })
  req.on('end', () => finish(null, length === bytes.length ? bytes : bytes.subarray(0, length)))
  req.on('error', () => fail(badRequest('The body ended before it was complete.')))

  /** Into one buffer that grows: a list of chunks would cost a hundred times its bytes if each has a single one. */
  function append(chunk: Buffer): boolean {
    const needed = length + chunk.length
    if (needed > bytes.length) {
      const size = length === 0 ? needed : Math.min(limit, Math.max(needed, 2 * bytes.length))
      if (!reserve(size)) return false
      bytes = length === 0 ? chunk : grow(bytes, size)
    }
    if (length > 0) chunk.copy(bytes, length)
    length = needed
    return true
  }

  function reserve(size: number): boolean {
    const missing = size - UNCOUNTED_BYTES - counted
    if (missing <= 0) return true
    if (!budget.take(missing)) return false
    if (counted === 0) res.once('close', () => budget.release(counted))
    counted += missing
    return true
  }

  function fail(problem: Problem) {
    bytes = EMPTY
    req.removeAllListeners('data').resume()
    finish(problem, EMPTY)
  }

  // Only once: after a 413 the client may still disconnect before the rest has arrived, which emits an error too.
  function finish(problem: Problem | null, body: Buffer) {
    if (finished) return
    finished = true
    done(problem, body)
  }
}

const EMPTY = Buffer.alloc(0)

function grow(bytes: Buffer, size: number): Buffer {
  const grown = Buffer.allocUnsafeSlow(size)
  bytes.copy(grown)
  return grown
}
