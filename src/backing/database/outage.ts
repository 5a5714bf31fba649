// Tells an outage from a bug. An outage is somebody else's: clients get 503 and may try again, and the log tells once
// that the database fails and once that it answers again. Any other error is passed on as it is.

import { Problem, unavailable } from '../../chassis/problem.ts'
import type { Log } from '../../ports/log.ts'
import { createOutageLog } from '../outage-log.ts'

export interface Outages {
  /**
   * Runs one step with the database.
   *
   * @throws {Problem} 503 with Retry-After where it failed by an outage, which is its cause
   */
  during<Result>(step: () => Promise<Result>): Promise<Result>
  /** Tells that the database has answered. */
  over(): void
}

/** @param database which one it is, for the log */
export function createOutages(log: Log, database: string, now?: () => number): Outages {
  const facts = (error?: unknown) => ({ database, ...(error !== undefined && { error }) })
  const told = createOutageLog(log, 'the database', { facts, quietMs: 1000, ...(now && { now }) })

  return {
    async during(step) {
      try {
        return await step()
      } catch (error) {
        if (error instanceof Problem || !isOutage(error)) throw error
        told.failed(error)
        throw Object.assign(unavailable("The database can't be reached, or is too busy.", 1), { cause: error })
      }
    },
    over: told.answered,
  }
}

/** Whoever can't connect has met an outage, whatever the reason: a host, a password, a certificate, a folder. */
export async function connecting<Connection>(connect: () => Promise<Connection>): Promise<Connection> {
  try {
    return await connect()
  } catch (cause) {
    throw Object.assign(new Error('There is no connection to the database.', { cause }), { code: CONNECTION_FAILURE })
  }
}

/** SQLSTATE's own code for it. */
export const CONNECTION_FAILURE = '08006'

/** Classes and codes of SQLSTATE: what another attempt, an operator or time can mend. */
const OUTAGE_STATE = /^(08...|28...|3D000|25006|40001|40P01|53...|55P03|57...|58...)$/

/** What Node says of connections. */
const OUTAGE_CODE = /^(ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/

const NO_ANSWER = 'Query read timeout'

/** What `pg` says without a code. */
const OUTAGE_MESSAGE = new RegExp(`^(${NO_ANSWER}|Connection terminated|Client (was closed|has encountered))`)

/** Primary result codes of SQLite: BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB. */
const OUTAGE_RESULTS = [5, 6, 8, 10, 11, 13, 14, 15, 26]

function isOutage(error: unknown): boolean {
  const { code = '', errcode, message = '' } = error as { code?: string; errcode?: number; message?: string }
  if (errcode !== undefined) return OUTAGE_RESULTS.includes(errcode & 0xff)
  return OUTAGE_STATE.test(code) || OUTAGE_CODE.test(code) || OUTAGE_MESSAGE.test(message)
}

/** Classes and codes of SQLSTATE after which a connection leads nowhere, or to a server that has become a standby. */
const BROKEN_STATE = /^(08...|57P..|25006)$/

/** Whether the connection can't be used again. One that was not answered still waits for its answer. */
export const isBrokenBy = ({ message, code = '' }: Error & { code?: string }): boolean =>
  message === NO_ANSWER || BROKEN_STATE.test(code)
