// What the routes do. A request has been checked against openapi.yaml before it comes here.

import { badRequest, notFound, Problem } from '../../chassis/problem.ts'
import type { Handler } from '../../ports/routes.ts'
import { checkContent } from './content.ts'
import { readCursor } from './cursor.ts'
import { type Representation, send } from './representation.ts'
import type { TodoStore } from './store.ts'

interface Handlers {
  list: Handler<'listTodos'>
  create: Handler<'createTodo'>
  read: Handler<'readTodo'>
  finish: Handler<'finishTodo'>
  remove: Handler<'deleteTodo'>
}

export interface HandlerParts {
  store: TodoStore
  /** Cached. @param before the id that a cursor stands for */
  page(limit: number, start?: number, before?: string): Promise<Representation>
  /** Cached, also that there is none. */
  todo(id: string): Promise<Representation | undefined>
  /** Settles when what was cached is forgotten, everywhere. */
  written(operation: 'create' | 'finish' | 'delete'): Promise<void>
  /** Told of a write that nobody knows the outcome of. */
  doubt(): void
}

export function createHandlers({ store, page, todo, written, doubt }: HandlerParts): Handlers {
  return {
    async list(req, res) {
      const { limit = 10, start, cursor } = req.query
      if (cursor !== undefined && start !== undefined) throw badRequest('Either start or cursor says where to begin.')
      send(req, res, await page(limit, start, cursor === undefined ? undefined : readCursor(cursor)))
    },

    async create(req, res) {
      const { content } = req.body
      checkContent(content)
      const created = await writing(store.create(content))
      await written('create')
      // Relative to the path that was asked for, which may stand behind a prefix or end with a slash.
      const location = req.path.endsWith('/') ? created.id : `todos/${created.id}`
      res.status(201).set('location', location).json(created)
    },

    async read(req, res) {
      const { todoId } = req.params
      const found = await todo(todoId.toLowerCase())
      if (!found) throw unknown(todoId)
      send(req, res, found)
    },

    async finish(req, res) {
      const { todoId } = req.params
      const finished = await writing(store.finish(todoId.toLowerCase(), new Date().toISOString()))
      if (!finished) throw unknown(todoId)
      await written('finish')
      res.json(finished)
    },

    async remove(req, res) {
      const { todoId } = req.params
      if (!(await writing(store.remove(todoId.toLowerCase())))) throw unknown(todoId)
      await written('delete')
      res.status(204).end()
    },
  }

  async function writing<Result>(write: Promise<Result>): Promise<Result> {
    try {
      return await write
    } catch (error) {
      if (error instanceof Problem && error.status === 503) doubt()
      throw error
    }
  }
}

const unknown = (todoId: string) => notFound(`There is no todo ${todoId}.`)
