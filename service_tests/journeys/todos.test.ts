import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { hasSharedDatabase } from '../shared-database.ts'
import { openTarget, type Target } from '../target.ts'

test('a client keeps a todo until it is done', async ({ skip }) => {
  await using target = await openTarget()
  if (!(await hasSharedDatabase(target)))
    skip('No database is bound, so each instance of the deployment has todos of its own.')

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

test('a malformed id is refused with its name', async () => {
  await using target = await openTarget()

  const { response, error } = await target.api.GET('/todos/{todoId}', { params: { path: { todoId: 'nonsense' } } })

  expect(response.status).toBe(400)
  expect(error?.detail).toContain('todoId')
})

/** Without Redis, another instance may show its memory for a second; the rest is for a busy machine. */
const LISTED_MS = 60_000

/** A todo that is deleted in any case, so that the journey leaves nothing behind. */
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
