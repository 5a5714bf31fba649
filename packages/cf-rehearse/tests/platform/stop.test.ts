import { expect, test } from 'vitest'
import type { Exit, Instance } from '../../src/container/launch.ts'
import { stopInstance } from '../../src/platform/stop.ts'

test('an instance that exits with code 0 after SIGTERM, without processes left, passes', async () => {
  await expect(stopInstance(pretend({ code: 0 }))).resolves.toBeLessThan(1)
})

test.each([
  ['exit code 1', { code: 1 }],
  ['SIGTERM', { code: null, signal: 'SIGTERM' as const }],
])('an instance that ends after SIGTERM with %s is a finding', async (end, exit) => {
  await expect(stopInstance(pretend(exit))).rejects.toThrow(`web/0 ended by SIGTERM with ${end}`)
})

test('processes that are left after the exit are a finding', async () => {
  await expect(stopInstance(pretend({ code: 0, members: [1, 2] }))).rejects.toThrow('2 of its processes did not')
})

function pretend({ code, signal = null, members = [] }: Partial<Exit> & { members?: number[] }) {
  const log = { ended: Promise.resolve(), tail: () => '' }
  return {
    name: 'web/0',
    stdout: log,
    stderr: log,
    exited: Promise.resolve({ code, signal, outOfMemory: false }),
    terminate: () => {},
    members: () => members,
  } as unknown as Instance
}
