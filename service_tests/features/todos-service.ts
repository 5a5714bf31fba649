// The service with its todos in a PostgreSQL, and the requests of its tests.

import assert from 'node:assert/strict'
import { until } from 'private-servers/until'
import { type Answer, postJson } from '../http-answer.ts'
import { runService, type Service, startService } from '../service.ts'

export interface Todo {
  id: string
  content: string
}

type Environment = Record<string, string>
type Client = Pick<Service, 'fetch'>

/** For a connection, and again for a statement; long enough for a database that works on a busy machine. */
export const TIMEOUT_MS = 3000

/** What an answer may take that waits for both. A request without a limit would wait for the end of the outage. */
export const BOUND_MS = 2 * TIMEOUT_MS + 30_000

export const startTodos = (env: Environment): Promise<Service> =>
  startService({ env: { DATABASE_TIMEOUT_MS: String(TIMEOUT_MS), ...env } })

/** Applies the migrations by a process of its own, as a release does. */
export async function migrate(env: Environment) {
  const { code, log } = await runService({ args: 'migrate', env })
  assert.equal(code, 0, log.text())
}

export const create = (service: Client, content = 'a todo'): Promise<Answer> =>
  service.fetch('/todos', postJson({ content }))

export async function list(service: Client, query = ''): Promise<Todo[]> {
  const { status, body } = await service.fetch(`/todos${query}`)
  assert.equal(status, 200, body)
  return (JSON.parse(body) as { data: Todo[] }).data
}

export async function untilReady(service: Service) {
  let last: Answer | undefined
  const isReady = async () => {
    last = await service.fetch('/health/ready')
    return last.status === 200
  }
  await until(isReady, { otherwise: () => `The service is not ready: ${last?.body}` })
}

export interface Timed extends Answer {
  tookMs: number
}

export async function timed(ask: () => Promise<Answer>): Promise<Timed> {
  const beginMs = performance.now()
  const answer = await ask()
  return { ...answer, tookMs: performance.now() - beginMs }
}
