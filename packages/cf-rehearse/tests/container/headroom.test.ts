import { expect, test } from 'vitest'
import { requireHeadroom } from '../../src/container/headroom.ts'

test('a process has to leave 15 % of its memory', () => {
  expect(() => requireHeadroom(108, 128)).not.toThrow()
  expect(() => requireHeadroom(109, 128)).toThrow('Under load the process used 109 MB of its 128 MB.')
})
