// Records which answers of the contract the tests have seen, so that `npm test` can list the others.

import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Records that an operation answered with a status; outside of `npm test` it does nothing.
 *
 * @param operation spelled as in openapi.yaml, e.g. `GET /notes/{noteId}`, or `*` for an answer that the chassis gives
 *   for everybody, such as 404 to an unknown path
 */
export function recordExercised(operation: string, status: number, dir = process.env.CONTRACT_RECORD_DIR): void {
  // A file of its own for each process, since test files run in several at once.
  if (dir) appendFileSync(join(dir, `${process.pid}.txt`), `${operation} ${status}\n`)
}
