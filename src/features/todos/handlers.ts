// What the routes do. A request has been validated against openapi.yaml before it comes here.

import type { Counter } from 'prom-client'
import { badRequest, found } from '../../chassis/problem.ts'
import type { Write } from '../../ports/cache.ts'
import type { Handler } from '../../ports/routes.ts'
import { readCursor } from '../../resources/cursor.ts'
import { type Representation, sendCreated, sendRepresentation } from '../../resources/representation.ts'
import { checkContent } from './content.ts'
import type { TodoStore } from './store.ts'

interface Handlers {
  list: Handler<'listTodos'>
  create: Handler<'createTodo'>
  read: Handler<'readTodo'>
  finish: Handler<'finishTodo'>
  remove: Handler<'deleteTodo'>
}

export interface HandlerOptions {
  store: TodoStore
  /** Cached. @param before only todos that were created before this one */
  page(limit: number, start?: number, before?: string): Promise<Representation>
  /** Cached, also where there is no such todo. */
  todo(id: string): Promise<Representation | undefined>
  write: Write
  written: Counter<'operation'>
}

export function createHandlers({ store, page, todo, write, written }: HandlerOptions): Handlers {
  return {
    async list(req, res) {
      const { limit = 10, start, cursor } = req.query
      if (cursor !== undefined && start !== undefined) throw badRequest('Use either start or cursor, not both.')
      sendRepresentation(req, res, await page(limit, start, readCursor(cursor)))
    },

    async create(req, res) {
      const { content } = req.body
      checkContent(content)
      const created = await write(() => store.create(content))
      written.inc({ operation: 'create' })
      sendCreated(req, res, created)
    },

    async read(req, res) {
      const { todoId } = req.params
      sendRepresentation(req, res, known(await todo(todoId.toLowerCase()), todoId))
    },

    async finish(req, res) {
      const { todoId } = req.params
      const finishedAt = new Date().toISOString()
      const finished = await write(async () => known(await store.finish(todoId.toLowerCase(), finishedAt), todoId))
      written.inc({ operation: 'finish' })
      res.json(finished)
    },

    async remove(req, res) {
      const { todoId } = req.params
      await write(async () => known(await store.remove(todoId.toLowerCase()), todoId))
      written.inc({ operation: 'delete' })
      res.status(204).end()
    },
  }
}

const known = <Result>(result: Result, todoId: string) => found(result, `There is no todo ${todoId}.`)
