// Counts the outcomes of the tests of a run.

import type { TestModule } from 'vitest/node'

export interface Tally {
  passed: number
  failed: number
  skipped: number
}

/** A file that can't be loaded, a hook that throws and an error outside of any test count as one failure each. */
export function countTests(modules: TestModule[], errorsOutside: unknown[]): Tally {
  const tests = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
  const containers = modules.flatMap((module) => [module, ...module.children.allSuites()])
  const broken = containers.filter((container) => container.errors().length > 0)

  const count = (wanted: string) => tests.filter((state) => state === wanted).length
  return {
    passed: count('passed'),
    failed: count('failed') + broken.length + errorsOutside.length,
    skipped: count('skipped'),
  }
}
