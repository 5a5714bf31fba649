import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { judgeCoverage } from '../../../scripts/test/coverage.ts'

test.for([
  { percent: 100, passed: true },
  { percent: 95, passed: true },
  { percent: 94.99, passed: false },
])('$percent % of the lines is judged as passed: $passed', ({ percent, passed }) => {
  using dir = mkdtempDisposableSync(join(tmpdir(), 'coverage-'))
  const summary = join(dir.path, 'coverage-summary.json')
  writeFileSync(summary, JSON.stringify({ total: { lines: { pct: percent } } }))

  expect(judgeCoverage(summary).passed).toBe(passed)
})
