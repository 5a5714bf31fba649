// Distinguishes outages from bugs. During an outage clients get 503 and may try again; the log says once that the
// database fails and once that it answers again. Any other error is passed on unchanged.

import { Problem, unavailable } from '../../chassis/problem.ts'
import type { Log } from '../../ports/log.ts'
import { createOutageLog } from '../outage-log.ts'
import { breaksConnection, outageReason } from './postgres/sqlstate.ts'

export interface Outages {
  /**
   * Runs one step of opening the database.
   *
   * @throws {Problem} 503 with Retry-After if it failed because of an outage, which is the cause
   */
  during<Result>(step: () => Promise<Result>): Promise<Result>
  /** Logs an outage. @returns the problem to throw instead, with the outage as its cause; any other error unchanged */
  translate(error: unknown): unknown
  /** Ends the outage, if there is one: the database has answered. */
  answered(): void
}

/** @param database which one, for the log */
export function createOutages(log: Log, database: string, now?: () => number): Outages {
  const facts = (error?: unknown) => ({ database, ...reasonOf(error), ...(error !== undefined && { error }) })
  const { failed, answered } = createOutageLog(log, 'the database', { facts, quietMs: 1000, ...(now && { now }) })

  return {
    async during(step) {
      try {
        return await step()
      } catch (error) {
        throw translate(error)
      }
    },
    translate,
    answered,
  }

  function translate(error: unknown): unknown {
    if (error instanceof Problem || !isOutage(error)) return error
    failed(error)
    const detail = isUnusable(error) ? error.message : "The database can't be reached, or is too busy."
    return Object.assign(unavailable(detail, 1), { cause: error })
  }
}

/** Makes an outage of any failure to connect, whatever the reason: a host, a password, a certificate, a folder. */
export function failToConnect(cause: unknown): never {
  if (isUnusable(cause)) throw cause
  throw Object.assign(new Error('Connecting to the database failed.', { cause }), { code: CONNECTION_FAILURE })
}

/**
 * The error for a database that answers, but can't be used as it is.
 *
 * @param message a sentence for the response; it names the remedy and no secrets
 */
export const unusable = (message: string): Error => Object.assign(new Error(message), { code: UNUSABLE })

/** SQLSTATE connection_failure. */
export const CONNECTION_FAILURE = '08006'

const UNUSABLE = 'ERR_DATABASE_UNUSABLE'

const isUnusable = (error: unknown): error is Error => (error as { code?: string }).code === UNUSABLE

/** Codes of Node's connection errors. */
const OUTAGE_CODE = /^(ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/

const NO_ANSWER = 'Query read timeout'

/** Errors of `pg` that have no code. */
const OUTAGE_MESSAGE = new RegExp(`^(${NO_ANSWER}|Connection terminated|Client (was closed|has encountered))`)

/** Primary result codes of SQLite: BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB. */
const OUTAGE_RESULTS = [5, 6, 8, 10, 11, 13, 14, 15, 26]

function isOutage(error: unknown): boolean {
  const { code = '', errcode, message = '' } = error as { code?: string; errcode?: number; message?: string }
  if (errcode !== undefined) return OUTAGE_RESULTS.includes(errcode & 0xff)
  if (code === UNUSABLE || outageReason(error as object) !== undefined) return true
  return OUTAGE_CODE.test(code) || OUTAGE_MESSAGE.test(message)
}

/** In words, for the log: the message of the server may be in any language. */
function reasonOf(error: unknown): { reason?: string } {
  const { cause } = (error ?? {}) as Error
  const reason = outageReason(cause ?? {}) ?? outageReason(error ?? {})
  return reason === undefined ? {} : { reason }
}

/** Whether the server has not answered in time. The connection still waits for the answer to the old query. */
export const isUnanswered = ({ message }: Error): boolean => message === NO_ANSWER

/** Whether the connection can't be used again. */
export const isBrokenBy = (error: Error & { code?: string }): boolean => isUnanswered(error) || breaksConnection(error)
