// Four tiers of tests, each a project of Vitest: `unit` runs inside the test process, `service` and `e2e` from
// outside, and `long` is what takes minutes: outages, several instances, containers, deliveries, the packages. Node
// itself loads tests and sources, untransformed: what is tested, traced and counted is the code that is pushed.

import './scripts/node-version.js'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** These end a test that hangs, and no other: on a busy machine everything takes ten times as long. */
const LIMIT_MS = 180_000
const LONG_LIMIT_MS = 600_000

const long = 'service_tests/**/*.long.test.ts'

/** These tests start processes and wait for them more than they work, so several of a file run at a time. */
const concurrent = { maxConcurrency: 3 }

export default defineConfig({
  test: {
    pool: 'forks',
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // By default Vitest leaves one core to itself, and on two cores that is half of them.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.d.ts'],
      // Processes and threads that a test starts count too, if they inherit its environment and are not killed with -9.
      autoAttachSubprocess: true,
      reporter: [['text', { skipEmpty: true, maxCols: 0 }], 'lcovonly', 'json-summary'],
    },
    projects: [
      {
        extends: true,
        // Files share a process, because importing Express for each of them would cost more than all tests together.
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts', 'packages/*/tests/**/*.test.ts'],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          ...concurrent,
          name: 'service',
          include: ['service_tests/**/*.test.ts'],
          exclude: [long, 'service_tests/journeys/**'],
          sequence: { groupOrder: 1, concurrent: true },
        },
      },
      {
        extends: true,
        test: { name: 'e2e', include: ['service_tests/journeys/**/*.test.ts'], sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: {
          ...concurrent,
          name: 'long',
          testTimeout: LONG_LIMIT_MS,
          hookTimeout: LONG_LIMIT_MS,
          include: [long, 'packages/*/service_tests/**/*.test.ts'],
          sequence: { groupOrder: 3, concurrent: true },
        },
      },
    ],
  },
})
