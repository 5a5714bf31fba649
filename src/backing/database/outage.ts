// Tells an outage from a bug. An outage is somebody else's: clients get 503 and may try again, and the log tells once
// that the database fails and once that it answers again. Any other error is passed on as it is.

import type { Log } from '../../chassis/log.ts'
import { Problem, unavailable } from '../../chassis/problem.ts'

export interface Outages {
  /**
   * Runs one step with the database.
   *
   * @throws {Problem} 503 with Retry-After where it failed by an outage
   */
  during<Result>(step: () => Promise<Result>): Promise<Result>
  /** Tells that the database has answered. */
  over(): void
}

/** @param database which one it is, for the log */
export function createOutages(log: Log, database: string): Outages {
  let failing = false

  return {
    async during(step) {
      try {
        return await step()
      } catch (error) {
        if (error instanceof Problem || !isOutage(error)) throw error
        if (!failing) log.warn({ database, error }, 'the database fails')
        failing = true
        throw Object.assign(unavailable('The database can’t be reached, or is too busy.', 1), { cause: error })
      }
    },

    over() {
      if (failing) log.info({ database }, 'the database answers again')
      failing = false
    },
  }
}

/** Whoever can't connect has met an outage, whatever the reason: a host, a password, a certificate. */
export async function connecting<Connection>(connect: () => Promise<Connection>): Promise<Connection> {
  try {
    return await connect()
  } catch (cause) {
    throw Object.assign(new Error('There is no connection to the database.', { cause }), { code: CONNECTION_FAILURE })
  }
}

/** SQLSTATE's own code for it. */
const CONNECTION_FAILURE = '08006'

/** Classes and codes of SQLSTATE: what another attempt, an operator or time can mend. */
const OUTAGE_STATE = /^(08...|28...|3D000|25006|40001|40P01|53...|55P03|57...)$/

/** What Node says of connections and of files. */
const OUTAGE_CODE = /^(ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EACCES|EROFS|ENOSPC|EEXIST|ENOTDIR|EPERM)$/

/** What `pg` says without a code. */
const OUTAGE_MESSAGE = /^(Query read timeout|Connection terminated|Client (was closed|has encountered))/

/** Primary result codes of SQLite: BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB. */
const OUTAGE_RESULTS = [5, 6, 8, 10, 11, 13, 14, 26]

function isOutage(error: unknown): boolean {
  const { code = '', errcode, message = '' } = error as { code?: string; errcode?: number; message?: string }
  if (errcode !== undefined) return OUTAGE_RESULTS.includes(errcode & 0xff)
  return OUTAGE_STATE.test(code) || OUTAGE_CODE.test(code) || OUTAGE_MESSAGE.test(message)
}
