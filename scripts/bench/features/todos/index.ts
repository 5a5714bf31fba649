// Todos: pages from cache and databases, and a container that holds the embedded database.

import type { FeatureBenchmark } from '../../feature-benchmark.ts'
import { measureTodos, todoWorkloads } from './measure-todos.ts'
import { judgeTodos, renderTodos } from './report.ts'

export default {
  containerWorkloads: todoWorkloads,
  async measure(bench) {
    const result = await measureTodos(bench)
    return { sections: { Todos: renderTodos(result) }, verdicts: judgeTodos(result), defects: result.defects }
  },
} satisfies FeatureBenchmark
