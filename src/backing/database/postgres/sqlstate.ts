// The errors of PostgreSQL that are not bugs of the service: the database can't be used now, or not as it is. Time, a
// retry or an operator resolves them. Errors while connecting are outages whatever their code.

interface DatabaseError {
  /** SQLSTATE. */
  code?: string
  severity?: string
}

interface ErrorClass {
  /** A class such as `53`, or one code. */
  state: string
  reason: string
  /** The connection has ended, or leads to the wrong server. */
  breaks?: true
}

const OUTAGES: readonly ErrorClass[] = [
  { state: '08', reason: 'the connection failed', breaks: true },
  { state: '25006', reason: 'the server or the role is read-only, as after a failover', breaks: true },
  { state: '25P03', reason: 'a transaction was idle for longer than the server allows', breaks: true },
  { state: '25P04', reason: 'a transaction took longer than the server allows', breaks: true },
  { state: '28', reason: 'the server refuses the role or its password' },
  { state: '3D000', reason: 'there is no such database' },
  { state: '3F000', reason: 'no schema of the search_path exists' },
  { state: '40001', reason: 'concurrent transactions could not be serialized' },
  { state: '40003', reason: 'it is unknown whether the statement was completed' },
  { state: '40P01', reason: 'concurrent transactions locked each other out' },
  { state: '42501', reason: 'the role lacks a privilege, as where the tables belong to the role of another binding' },
  { state: '53', reason: 'the server has no memory, disk space or connection left' },
  { state: '55P03', reason: 'a lock was not granted in time' },
  { state: '57P', reason: 'the server shuts down, starts or has crashed', breaks: true },
  { state: '57', reason: 'the statement was cancelled, as by the time limit' },
  { state: '58', reason: 'the server met an error of its operating system' },
  { state: 'XX001', reason: 'data on the disk of the server is damaged' },
  { state: 'XX002', reason: 'an index on the disk of the server is damaged' },
]

/** After these, the server ends the connection. Poolers report all of their errors so, under codes of their own. */
const FATAL = ['FATAL', 'PANIC']

/** What PostgreSQL itself reports as 08P01 without ending the connection is a bug: parameters that a query lacks. */
const isProtocolBug = ({ code, severity }: DatabaseError) => code === '08P01' && severity === 'ERROR'

/** Why the database can't be used; undefined for any other error. */
export function outageReason(error: DatabaseError): string | undefined {
  if (isProtocolBug(error)) return undefined
  return classOf(error)?.reason ?? (isFatal(error) ? 'the server ended the connection' : undefined)
}

/** Whether the connection can't be used again. */
export const breaksConnection = (error: DatabaseError): boolean =>
  !isProtocolBug(error) && (classOf(error)?.breaks === true || isFatal(error))

/** SQLSTATE too_many_connections; PgBouncer has no code of its own for it. */
export const isConnectionLimit = ({ code, message }: Error & DatabaseError): boolean =>
  code === '53300' || message.startsWith('no more connections allowed')

/** The refusal of a pooler (08P01), or of a proxy that lacks the feature (0A000). */
export const isRefusedParameter = ({ code, message }: Error & DatabaseError): boolean =>
  code === '0A000' || (code === '08P01' && message.startsWith('unsupported startup parameter'))

const classOf = ({ code = '' }: DatabaseError) => OUTAGES.find(({ state }) => code.startsWith(state))

const isFatal = ({ severity = '' }: DatabaseError) => FATAL.includes(severity)
