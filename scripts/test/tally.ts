// Counts the results of the tests of a run.

import { notApplicableReason } from 'private-servers/requirements'
import type { TestModule } from 'vitest/node'

export interface Tally {
  passed: number
  failed: number
  /** Skipped because something is missing, such as a program. */
  skipped: number
  /** How many tests do not apply to their subject, by the reason. */
  notApplicable: Map<string, number>
}

/** A file that cannot be loaded, a hook that throws and an error outside of any test count as failed, each as one. */
export function countTests(modules: TestModule[], errorsOutside: unknown[]): Tally {
  const results = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result()))
  const containers = modules.flatMap((module) => [module, ...module.children.allSuites()])
  const broken = containers.filter((container) => container.errors().length > 0)
  const skipped = results.filter(({ state }) => state === 'skipped')
  const reasons = skipped.flatMap((result) => notApplicableReason('note' in result ? result.note : undefined) ?? [])

  const count = (wanted: string) => results.filter(({ state }) => state === wanted).length
  return {
    passed: count('passed'),
    failed: count('failed') + broken.length + errorsOutside.length,
    skipped: skipped.length - reasons.length,
    notApplicable: countEach(reasons),
  }
}

function countEach(reasons: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return counts
}

/** The last line stands alone: it is the summary of the run. */
export function describeTally({ passed, failed, skipped, notApplicable }: Tally): string {
  const summary = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
  if (notApplicable.size === 0) return summary
  const lines = [...notApplicable].map(([reason, count]) => `  ${count} × ${reason}`)
  return ['Not applicable, and not counted:', ...lines, summary].join('\n')
}
