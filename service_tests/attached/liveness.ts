// Watches liveness as a platform does, which kills an instance at the first probe that fails or takes too long.

import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Service } from '../service.ts'

const INTERVAL_MS = 50
/** More than a busy machine needs. A probe that waited for a resource would wait for the end of its outage. */
const LIMIT_MS = 30_000

/** Asks again and again until it is disposed of; that fails where an answer was not there at once. */
export function watchLiveness(service: Service): AsyncDisposable {
  let watching = true
  let probes = 0
  const failures: string[] = []
  const watched = watch()

  return {
    async [Symbol.asyncDispose]() {
      watching = false
      await watched
      assert.ok(probes > 0, 'Liveness was asked.')
      assert.deepEqual(failures, [], `Of ${probes} probes of liveness some failed.`)
    },
  }

  async function watch() {
    while (watching) {
      const beginMs = performance.now()
      const result = await service.fetch('/health/live').then(({ status }) => status, String)
      const tookMs = Math.round(performance.now() - beginMs)
      probes += 1
      if (result !== 200 || tookMs > LIMIT_MS) failures.push(`${result} after ${tookMs} ms`)
      await pause(INTERVAL_MS)
    }
  }
}
