import { expect, test } from 'vitest'
import type { Exit, Instance } from '../../../scripts/rehearse/launch.ts'
import { stopInstance } from '../../../scripts/rehearse/stop.ts'

test('who ends by SIGTERM with 0, and leaves nobody behind, is stopped well', async () => {
  await expect(stopInstance(pretend({ code: 0 }))).resolves.toBeLessThan(1)
})

test.each([
  ['exit code 1', { code: 1 }],
  ['SIGTERM', { code: null, signal: 'SIGTERM' as const }],
])('who ends by SIGTERM with %s is refused', async (end, exit) => {
  await expect(stopInstance(pretend(exit))).rejects.toThrow(`web/0 ended by SIGTERM with ${end}`)
})

test('who leaves processes behind is refused', async () => {
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
