import { badRequest } from '../../chassis/problem.ts'
import type { RawHandler } from '../../ports/routes.ts'
import { filterKeys } from './filter.ts'
import { JsonSyntaxError } from './json-syntax-error.ts'

export const filter: RawHandler<'filterKeys'> = (req, res) => {
  const kept = tryToFilter(req.body)
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': kept.length }).end(kept)
}

function tryToFilter(body: Buffer): Buffer {
  try {
    return filterKeys(body)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    const { message, offset, line, column } = error
    throw badRequest(message, { position: { offset, line, column } })
  }
}
