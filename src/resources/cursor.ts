// Where a page ended. Clients only send it back, so its content can change: today it is the id of the last item.

import { badRequest } from '../chassis/problem.ts'
import { formatId } from './id.ts'

export const writeCursor = (id: string): string => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')

/**
 * @returns the id that the page ended with; undefined without a cursor
 * @throws {Problem} 400 for a cursor that we did not issue
 */
export function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const bytes = Buffer.from(cursor, 'base64url')
  if (bytes.length !== 16 || bytes.toString('base64url') !== cursor) {
    throw badRequest('The cursor is not from a page of this service.')
  }
  return formatId(bytes)
}
