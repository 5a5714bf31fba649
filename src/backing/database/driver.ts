// What both databases have in common: before a query of a feature its schema is asked for, and every query is measured
// and its outages are told from bugs.

import type { DatabaseConnection, Driver } from 'kysely'
import type { DatabaseMetrics } from './metrics.ts'
import type { Outages } from './outage.ts'

export interface Attendance {
  metrics: DatabaseMetrics
  outages: Outages
  /** Settles when the feature may use its tables. */
  guard?: (() => Promise<void>) | undefined
}

/** Kysely's drivers keep private fields, so they are changed and not wrapped. */
export function attendDriver<Attended extends Driver>(driver: Attended, attendance: Attendance): Attended {
  const acquire = driver.acquireConnection.bind(driver)
  const attended = new WeakSet<DatabaseConnection>()

  driver.acquireConnection = async (options) => {
    await attendance.guard?.()
    const connection = await attendance.outages.during(() => acquire(options))
    if (!attended.has(connection)) attended.add(attendConnection(connection, attendance))
    return connection
  }
  return driver
}

function attendConnection(connection: DatabaseConnection, { metrics, outages }: Attendance): DatabaseConnection {
  const execute = connection.executeQuery.bind(connection)

  connection.executeQuery = (query, options) =>
    metrics.measure(async () => {
      const result = await outages.during(() => execute<never>(query, options))
      outages.over()
      return result
    })
  return connection
}
