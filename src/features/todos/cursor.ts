// Where a page ended. Clients only hand it back, so that what is in it can change: today, the id of the last todo.

import { badRequest } from '../../chassis/problem.ts'
import { format } from './id.ts'

export const writeCursor = (id: string): string => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')

/** @throws {Problem} 400 where it is none of ours */
export function readCursor(cursor: string): string {
  const bytes = Buffer.from(cursor, 'base64url')
  if (bytes.length !== 16 || bytes.toString('base64url') !== cursor) {
    throw badRequest('The cursor is not one that a page has told.')
  }
  return format(bytes)
}
