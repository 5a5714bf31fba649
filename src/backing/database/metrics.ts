// The Prometheus metrics of the database, registered when it is first used.

import { Gauge, Histogram, type Registry } from 'prom-client'

export interface DatabaseMetrics {
  /**
   * Records a query, without its wait for a connection, or a query that failed because it got no connection.
   *
   * @param startedMs when it began, by `performance.now()`
   */
  observe(outcome: Outcome, startedMs: number): void
  /** @param count the number of connections now, and of queries that wait for one */
  watchConnections(count: () => Record<'idle' | 'busy' | 'waiting', number>): void
}

/** Unavailable: answered with 503. Error: any other failure, such as a unique violation or a bug. */
export type Outcome = 'ok' | 'unavailable' | 'error'

export function createDatabaseMetrics(registry: Registry): DatabaseMetrics {
  const registers = [registry]
  const durations = new Histogram({
    name: 'database_query_duration_seconds',
    help: 'Duration of queries, without the wait for a connection unless there was none to get.',
    labelNames: ['outcome'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  const byOutcome = {
    ok: durations.labels('ok'),
    unavailable: durations.labels('unavailable'),
    error: durations.labels('error'),
  }

  return {
    observe(outcome, startedMs) {
      byOutcome[outcome].observe((performance.now() - startedMs) / 1000)
    },

    watchConnections(count) {
      new Gauge({
        name: 'database_connections',
        help: 'Connections of the pool by state; waiting are queries without a connection.',
        labelNames: ['state'],
        registers,
        collect() {
          for (const [state, connections] of Object.entries(count())) this.labels(state).set(connections)
        },
      })
    },
  }
}
