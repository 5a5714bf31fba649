// The todos in the database. The newest first means by id, since ids sort by time.

import type { Kysely, Selectable } from 'kysely'
import { createIdMaker, timeOf } from '../../resources/id.ts'
import { fromColumn, toColumn } from './content.ts'

export interface Todo {
  id: string
  content: string
  /** RFC 3339. */
  createdAt: string
  isFinished: boolean
  finishedAt: string | null
}

export interface Tables {
  todos: {
    id: string
    content: string
    created_at: string
    finished_at: string | null
  }
}

export interface Slice {
  /** How many of the newest are skipped. */
  start?: number | undefined
  /** Only those that were created before this one. */
  before?: string | undefined
  limit: number
}

export type TodoStore = ReturnType<typeof createTodoStore>

/** @param database opens it; throws a Problem while it is unavailable */
export function createTodoStore(database: () => Promise<Kysely<Tables>>) {
  const makeId = createIdMaker()

  return {
    async create(content: string): Promise<Todo> {
      const id = makeId()
      const row = { id, content: toColumn(content), created_at: timeOf(id), finished_at: null }
      await (await database()).insertInto('todos').values(row).execute()
      return toTodo(row)
    },

    async list({ start = 0, before, limit }: Slice): Promise<Todo[]> {
      const rows = await (await database())
        .selectFrom('todos')
        .selectAll()
        .$if(before !== undefined, (query) => query.where('id', '<', before!))
        .orderBy('id', 'desc')
        .limit(limit)
        .offset(start)
        .execute()
      return rows.map(toTodo)
    },

    async read(id: string): Promise<Todo | undefined> {
      const row = await (await database()).selectFrom('todos').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toTodo(row)
    },

    /** A todo that is finished already keeps its time. */
    async finish(id: string, finishedAt: string): Promise<Todo | undefined> {
      const row = await (await database())
        .updateTable('todos')
        .set(({ fn, val, ref }) => ({ finished_at: fn.coalesce(ref('finished_at'), val(finishedAt)) }))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst()
      return row && toTodo(row)
    },

    /** @returns whether there was such a todo */
    async remove(id: string): Promise<boolean> {
      const { numDeletedRows } = await (await database()).deleteFrom('todos').where('id', '=', id).executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}

function toTodo({ id, content, created_at, finished_at }: Selectable<Tables['todos']>): Todo {
  return {
    id,
    content: fromColumn(content),
    createdAt: created_at,
    isFinished: finished_at !== null,
    finishedAt: finished_at,
  }
}
