// What Prometheus is told of the database, from when it is first used.

import { Gauge, Histogram, type Registry } from 'prom-client'
import { Problem } from '../../chassis/problem.ts'

export interface DatabaseMetrics {
  /** Measures one query, the time that it waited for a connection not included. */
  measure<Result>(query: () => Promise<Result>): Promise<Result>
  /** Measures a query that came to nothing, because it got no connection. */
  measureFailure<Result>(connect: () => Promise<Result>): Promise<Result>
  /** @param count tells how many connections there are now; waiting are those who want one */
  watchConnections(count: () => Record<'idle' | 'busy' | 'waiting', number>): void
}

export function createDatabaseMetrics(registry: Registry): DatabaseMetrics {
  const registers = [registry]
  const durations = new Histogram({
    name: 'database_query_duration_seconds',
    help: 'How long queries took, waiting for a connection not included unless there was none.',
    labelNames: ['outcome'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  const succeeded = durations.labels('ok')

  return {
    async measure(query) {
      const beginMs = performance.now()
      const result = await observeFailure(query)
      succeeded.observe(secondsSince(beginMs))
      return result
    },

    measureFailure: observeFailure,

    watchConnections(count) {
      new Gauge({
        name: 'database_connections',
        help: 'Connections of the pool by state; waiting are those who want one.',
        labelNames: ['state'],
        registers,
        collect() {
          for (const [state, connections] of Object.entries(count())) this.labels(state).set(connections)
        },
      })
    },
  }

  async function observeFailure<Result>(step: () => Promise<Result>): Promise<Result> {
    const beginMs = performance.now()
    try {
      return await step()
    } catch (error) {
      durations.labels(error instanceof Problem ? 'unavailable' : 'error').observe(secondsSince(beginMs))
      throw error
    }
  }
}

const secondsSince = (beginMs: number) => (performance.now() - beginMs) / 1000
