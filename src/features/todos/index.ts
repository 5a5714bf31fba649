// Todos: a list of things to do, kept in the database and read through the cache.

import { Counter } from 'prom-client'
import { integer } from '../../chassis/config.ts'
import { defineFeature } from '../../ports/feature.ts'
import { readPage } from '../../resources/page.ts'
import { represent } from '../../resources/representation.ts'
import { createHandlers } from './handlers.ts'
import { migrations } from './migrations.ts'
import { createTodoStore, type Tables } from './store.ts'

/** How long an old page is still shown while a new one is read. */
const STALE_SECONDS = 600

/** How long the absence of a todo is cached. Short, since there is no end to the ids that a client can make up. */
const EMPTY_SECONDS = 5

export default defineFeature({
  name: 'todos',

  settings: {
    TODOS_CACHE_SECONDS: integer('how long todos are cached, unless they are changed; 0 is not at all', 60),
  },

  migrations,

  start({ database, cached, registry }, { TODOS_CACHE_SECONDS: freshSeconds }) {
    const store = createTodoStore(() => database<Tables>())
    const page = cached(
      (limit: number, start?: number, before?: string) =>
        readPage({ limit }, (count) => store.list({ start, before, limit: count })),
      { name: 'page', freshSeconds, staleSeconds: STALE_SECONDS },
    )
    const todo = cached(
      async (id: string) => {
        const stored = await store.read(id)
        return stored && represent(stored)
      },
      { name: 'todo', freshSeconds, staleSeconds: STALE_SECONDS, emptySeconds: Math.min(EMPTY_SECONDS, freshSeconds) },
    )
    const written = new Counter({
      name: 'todos_written_total',
      help: 'Todos that were created, finished or deleted.',
      labelNames: ['operation'],
      registers: [registry],
    })

    const handle = createHandlers({ store, page, todo, write: cached.writes([page, todo]), written })
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
