// What a client of todos sends many times: creates them in bulk, and reads them page by page.

import assert from 'node:assert/strict'
import { postJson } from '../http-answer.ts'
import type { Service } from '../service.ts'

export interface Todo {
  id: string
  content: string
  createdAt: string
  isFinished: boolean
  finishedAt: string | null
}

interface Page {
  data: Todo[]
  next?: string
}

/** A handful at a time. @returns their ids */
export async function createMany(service: Service, count: number): Promise<string[]> {
  const ids: string[] = []
  let next = 0
  const work = async () => {
    while (next < count) {
      const { status, json } = await service.fetch('/todos', postJson({ content: `todo ${next++}` }))
      assert.equal(status, 201)
      ids.push(json<Todo>().id)
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  return ids
}

export async function readPage(service: Service, query: string): Promise<Page> {
  return (await service.fetch(`/todos${query}`)).json<Page>()
}

export async function readAll(service: Service, query: string): Promise<Todo[]> {
  const seen: Todo[] = []
  for (let next: string | undefined = query; next !== undefined; ) {
    const page = await readPage(service, next)
    seen.push(...page.data)
    next = page.next
  }
  return seen
}

export const idsOf = (todos: Todo[]) => todos.map(({ id }) => id)
