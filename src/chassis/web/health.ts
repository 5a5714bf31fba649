// The probes of platforms. Liveness depends on this process only: Cloud Foundry kills an instance at the first failed
// probe, and a restart repairs no database. Readiness checks every resource; if it fails, the instance gets no requests.

import type { ReadinessChecks } from '../../ports/operations.ts'
import type { Mounted } from '../../ports/routes.ts'
import { unavailable } from '../problem.ts'

/** @param timeoutMs how long each check may take; the manifest allows 5 seconds for the whole probe */
export function createHealth(checks: () => ReadinessChecks, draining: AbortSignal, timeoutMs = 2000): Mounted {
  return {
    routes: {
      'GET /health/live': (_req, res) => {
        res.json({ status: 'up' })
      },
      'GET /health/ready': async (_req, res) => {
        if (draining.aborted) throw unavailable('The service is stopping.', 1, { checks: {} })
        const pending = Object.entries(checks()).map(
          async ([name, check]) => [name, await run(check, timeoutMs)] as const,
        )
        const results = Object.fromEntries(await Promise.all(pending))
        const down = Object.entries(results).filter(([, result]) => result !== 'up')
        if (down.length > 0)
          throw unavailable(`Not ready: ${down.map(([name]) => name).join(', ')}.`, 5, { checks: results })
        res.json({ status: 'ready', checks: results })
      },
    },
  }
}

/** @returns `up`, or the reason why it is not */
async function run(check: () => void | Promise<void>, timeoutMs: number): Promise<string> {
  const { promise: late, resolve } = Promise.withResolvers<string>()
  const timer = setTimeout(resolve, timeoutMs, `no answer within ${timeoutMs} ms`)
  try {
    return (await Promise.race([check(), late])) ?? 'up'
  } catch (error) {
    return (error as Error).message
  } finally {
    clearTimeout(timer)
  }
}
