// Todos: things to do, kept in the database and read through the cache.

import { Counter } from 'prom-client'
import { integer } from '../../chassis/config.ts'
import { defineFeature } from '../../ports/feature.ts'
import { createDoubt } from './doubt.ts'
import { createHandlers } from './handlers.ts'
import { migrations } from './migrations.ts'
import { representPage, representTodo } from './representation.ts'
import { createTodoStore, type Tables } from './store.ts'

/** How long a page that has grown old is still shown, while a new one is fetched. */
const STALE_SECONDS = 600

/** How long it is remembered that there is no such todo: for a short time, since ids that nobody has are without end. */
const EMPTY_SECONDS = 5

export default defineFeature({
  name: 'todos',

  settings: {
    TODOS_CACHE_SECONDS: integer('how long todos are cached, unless somebody changes them; 0 is not at all', 60),
  },

  migrations,

  start({ database, cached, log, registry }, { TODOS_CACHE_SECONDS: freshSeconds }) {
    const store = createTodoStore(() => database<Tables>())
    const cachedFor = freshSeconds > 0 ? cached : uncached
    const page = cachedFor(
      async (limit: number, start?: number, before?: string) =>
        representPage(await store.list({ start, before, limit: limit + 1 }), limit),
      { name: 'page', freshSeconds, staleSeconds: STALE_SECONDS },
    )
    const todo = cachedFor(
      async (id: string) => {
        const found = await store.read(id)
        return found && representTodo(found)
      },
      { name: 'todo', freshSeconds, staleSeconds: STALE_SECONDS, emptySeconds: Math.min(EMPTY_SECONDS, freshSeconds) },
    )
    const writes = new Counter({
      name: 'todos_written_total',
      help: 'Todos that were created, finished or deleted.',
      labelNames: ['operation'],
      registers: [registry],
    })

    const forget = async () => void (await Promise.all([page.forget(), todo.forget()]))
    const doubt = createDoubt({ ask: () => store.list({ limit: 1 }), forget })

    const handle = createHandlers({
      store,
      page,
      todo,
      async written(operation) {
        writes.inc({ operation })
        await forget()
      },
      doubt: () => void doubt().catch((error) => log.warn({ error }, 'todos that are cached may be old')),
    })
    return {
      routes: {
        'GET /todos': handle.list,
        'POST /todos': handle.create,
        'GET /todos/{todoId}': handle.read,
        'PUT /todos/{todoId}/finish': handle.finish,
        'DELETE /todos/{todoId}': handle.remove,
      },
    }
  },
})

/** The same, asking each time. */
function uncached<Args extends readonly unknown[], Result>(fn: (...args: Args) => Promise<Result>) {
  return Object.assign(fn, { forget: async () => {} })
}
