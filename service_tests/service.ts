// Starts and stops the service as a platform does, so each test that starts one also tests that it stops gracefully.
// Every answer is checked against the contract.

import assert from 'node:assert/strict'
import { parseContract } from '../src/chassis/web/contract.ts'
import { type Conformance, createConformance } from '../tests/contract/conformance.ts'
import { fixtureContract } from './fixtures/contract.ts'
import { type Answer, createFetch } from './http-answer.ts'
import type { LogLine, ServiceLog } from './service-log.ts'
import { type Ended, type ProcessOptions, type ServiceProcess, spawnService } from './service-process.ts'
import { openWire, type Wire } from './wire.ts'

export interface StartOptions extends ProcessOptions {
  /** The name or address at which the test reaches the service. */
  host?: string
  /** The exit code that the process has to end with. */
  exitCode?: number
  /** Whether the log may end in the middle of a line, because it was not read. */
  unreadLog?: boolean
}

export interface Service extends ServiceProcess, AsyncDisposable {
  host: string
  port: number
  /** Ends without a slash. */
  url: string
  /** The line that said where it listens. */
  listening: LogLine
  /** Like the global `fetch`, but with the complete answer, checked against the contract. */
  fetch(path: string, init?: RequestInit): Promise<Answer>
  /** A raw connection, for what `fetch` would not send. */
  connect(): Promise<Wire>
}

/** Stops without draining. What hangs at the end ends with exit code 1, after longer than a busy machine may need. */
const defaults = { PORT: '0', DRAIN_SECONDS: '0', SHUTDOWN_SECONDS: '60' }

/** For a test that looks at the service while it drains, for longer than any of them takes; see `drain`. */
export const draining: StartOptions = { env: { DRAIN_SECONDS: '50' }, exitCode: 1 }

/** Settles when the service drains. The second SIGTERM, when this is disposed of, ends it at once. */
export async function drain({ signal, log }: ServiceProcess): Promise<Disposable> {
  signal('SIGTERM')
  await log.find({ message: 'stopping' })
  return { [Symbol.dispose]: () => signal('SIGTERM') }
}

/**
 * The service with its own features. Tests of the chassis must not depend on them, because users delete them.
 */
export const startService = (options: StartOptions = {}): Promise<Service> => start(options, createConformance())

/** The chassis with the feature of `fixtures/`, which does what no well-behaved feature does. */
export function startFixture(options: StartOptions = {}): Promise<Service> {
  const conform = createConformance(parseContract(fixtureContract()))
  return start({ main: 'service_tests/fixtures/main.ts', ...options }, conform)
}

/** Runs a service that is expected to end by itself. */
export function runService({ env, ...options }: ProcessOptions = {}): Promise<Ended & { log: ServiceLog }> {
  const { log, ended } = spawnService({ ...options, env: { ...defaults, ...env } })
  return ended.then((end) => ({ ...end, log }))
}

async function start(options: StartOptions, conform: Conformance): Promise<Service> {
  const { host = '127.0.0.1', env, main, memoryGroup } = options
  const given = { ...(main && { main }), ...(memoryGroup && { memoryGroup }) }
  const running = spawnService({ env: { ...defaults, ...env }, ...given })
  const listening = await whenListening(running)
  const port = Number(listening.port)
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`

  return {
    ...running,
    host,
    port,
    url,
    listening,
    fetch: createFetch(url, conform),
    connect: () => openWire(port, host, conform),
    [Symbol.asyncDispose]: () => stop(running, options),
  }
}

async function whenListening({ log, signal, ended }: ServiceProcess): Promise<LogLine> {
  try {
    return await log.find({ message: 'listening' })
  } catch (error) {
    signal('SIGKILL')
    const { stderr } = await ended
    throw new Error(`The service does not listen. ${(error as Error).message}${stderr}`)
  }
}

async function stop(
  { log, signal, signalled, ended }: ServiceProcess,
  { exitCode = 0, unreadLog = false }: StartOptions,
) {
  if (!signalled()) signal('SIGTERM')
  const { code, stderr } = await ended
  log.abandon()
  assert.equal(stderr, '', 'Nothing belongs on stderr.')
  assert.equal(code, exitCode, `The service ended with code ${code}. Its log ends:\n${log.text().slice(-2000)}`)
  assert.deepEqual(log.malformed, [], 'Every line of the log is a JSON object.')
  if (!unreadLog) assert.equal(log.rest(), '', 'The last line of the log is whole.')
}
