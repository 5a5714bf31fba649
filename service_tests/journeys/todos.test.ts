import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { openTarget, type Target } from '../target.ts'

test('a client keeps a todo until it is done', async ({ skip }) => {
  await using target = await openTarget()
  if (!(await isKept(target))) skip('No database is bound, so each instance of the deployment has todos of its own.')

  await using created = await createTodo(target, 'a todo of a journey')
  const { todo, params } = created
  const read = await target.api.GET('/todos/{todoId}', { params })
  await until(() => isListed(target, todo.id), {
    deadlineMs: LISTED_MS,
    otherwise: () => `After ${LISTED_MS} ms the todo ${todo.id} is not listed.`,
  })
  const finished = await target.api.PUT('/todos/{todoId}/finish', { params })
  const deleted = await target.api.DELETE('/todos/{todoId}', { params })
  const again = await target.api.DELETE('/todos/{todoId}', { params })

  expect(read.data).toEqual(todo)
  expect(finished.data).toMatchObject({ id: todo.id, isFinished: true })
  expect([deleted.response.status, again.response.status]).toEqual([204, 404])
})

test('a client that asks for nonsense is told so', async () => {
  await using target = await openTarget()

  const { response, error } = await target.api.GET('/todos/{todoId}', { params: { path: { todoId: 'nonsense' } } })

  expect(response.status).toBe(400)
  expect(error?.detail).toContain('todoId')
})

/** Without Redis another instance serves from its memory for a second; the rest is for a busy machine. */
const LISTED_MS = 60_000

/** A todo that is deleted in any case, so that nothing of the journey stays. */
async function createTodo({ api }: Target, content: string) {
  const { data: todo } = await api.POST('/todos', { body: { content } })
  if (!todo) throw new Error('The todo was not created.')
  const params = { path: { todoId: todo.id } }
  return {
    todo,
    params,
    [Symbol.asyncDispose]: async () => void (await api.DELETE('/todos/{todoId}', { params })),
  }
}

async function isListed({ api }: Target, todoId: string): Promise<boolean> {
  const { data } = await api.GET('/todos', { params: { query: { limit: 100 } } })
  return data?.data.some(({ id }) => id === todoId) ?? false
}

/** Against a process of its own anything is kept; a deployment needs a database that its instances share. */
async function isKept({ api }: Target): Promise<boolean> {
  if (!process.env.TARGET_URL) return true
  const { data } = await api.GET('/info')
  return data?.resources.some(({ port, name }) => port === 'database' && name !== undefined) ?? false
}
