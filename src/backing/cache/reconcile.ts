// Writes of unknown outcome. A write that failed with 503 may be carried out all the same, and late: by a database that
// was frozen, or whose response was lost. Cached results may then be out of date, but they are the only ones available
// until the database is back: so they are invalidated when it answers again, and not before.

import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../chassis/problem.ts'
import type { Write } from '../../ports/cache.ts'

export interface ReconcilerOptions {
  /** Rejects as long as the database is unavailable. */
  probe(): Promise<unknown>
  /** Makes cached results be read again. */
  invalidate(): Promise<void>
  /** How long to wait before each probe. */
  probeMs?: number
  /** How long the database may still be busy with earlier statements when it answers again. */
  settleMs?: number
}

export interface WriteOptions extends ReconcilerOptions {
  /** Called with the error of an invalidation that failed in the background. */
  failed(error: unknown): void
}

export function createWrite({ failed, ...options }: WriteOptions): Write {
  const { invalidate } = options
  const reconcile = createReconciler(options)

  return async function write(operation) {
    const result = await operation().catch((error) => {
      if (error instanceof Problem && error.status === 503) reconcile().catch(failed)
      throw error
    })
    await invalidate()
    return result
  }
}

/** @returns what to call after a write of unknown outcome; it settles when the cached results have been invalidated */
export function createReconciler({
  probe,
  invalidate,
  probeMs = 1000,
  settleMs = 5000,
}: ReconcilerOptions): () => Promise<void> {
  let reconciling: Promise<void> | undefined
  let unknown = 0

  return function reconcile() {
    unknown += 1
    reconciling ??= reconcileAll().finally(() => {
      reconciling = undefined
    })
    return reconciling
  }

  /** A write that fails after the database has answered, as in a second outage, starts another round. */
  async function reconcileAll() {
    for (let reconciled = 0; reconciled < unknown; ) {
      do await sleep(probeMs, undefined, { ref: false })
      while (!(await isAnswering()))
      reconciled = unknown
      await invalidate()
      await sleep(settleMs, undefined, { ref: false })
      await invalidate()
    }
  }

  function isAnswering(): Promise<boolean> {
    return probe().then(
      () => true,
      () => false,
    )
  }
}
