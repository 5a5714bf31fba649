// Three tiers of tests, each a project of Vitest: `unit` runs inside the test process, `service` and `e2e` from outside.
// Node itself loads tests and sources, untransformed: what is tested, traced and counted is the code that is pushed.

import './scripts/node-version.js'
import { defineConfig } from 'vitest/config'

const slow = { testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    pool: 'forks',
    experimental: { viteModuleRunner: false, nodeLoader: false },
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
        test: { name: 'unit', include: ['tests/**/*.test.ts', 'packages/*/tests/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: {
          ...slow,
          name: 'service',
          include: ['service_tests/**/*.test.ts', 'packages/*/service_tests/**/*.test.ts'],
          exclude: ['service_tests/journeys/**'],
          // Its tests wait more than they work, for processes to start and to stop.
          sequence: { groupOrder: 1, concurrent: true },
          maxConcurrency: 3,
        },
      },
      {
        extends: true,
        test: { ...slow, name: 'e2e', include: ['service_tests/journeys/**/*.test.ts'], sequence: { groupOrder: 2 } },
      },
    ],
  },
})
