import { expect, test } from 'vitest'
import { readConfig } from '../../src/chassis/config.ts'
import { deriveLimits, type Host } from '../../src/chassis/memory.ts'
import { chassisSettings } from '../../src/chassis/settings.ts'

const MIB = 2 ** 20
const unlimited: Host = { constrained: 2 ** 64, total: 16_384 * MIB, options: '' }

test.each([
  ['MEMORY_LIMIT of Cloud Foundry', { MEMORY_LIMIT: '256m' }, {}, 256],
  ['MEMORY_LIMIT, also where the heap flag suggests less', { MEMORY_LIMIT: '1G' }, heapOf(64), 1024],
  ['MEMORY_AVAILABLE of a buildpack', { MEMORY_AVAILABLE: '192' }, {}, 192],
  ['the control group', {}, { constrained: 128 * MIB }, 128],
  ['the control group, where MEMORY_AVAILABLE is larger', { MEMORY_AVAILABLE: '512' }, { constrained: 128 * MIB }, 128],
  ['twice the heap', {}, heapOf(96), 192],
  ['a default where nothing is known', {}, {}, 512],
  ['a share for each copy', { MEMORY_LIMIT: '512Mi', WEB_CONCURRENCY: '4' }, {}, 128],
])('the memory of the process is %s', (_what, env, host, expected) => {
  const { memory } = deriveLimits(configOf(env), { ...unlimited, ...host })

  expect(memory / MIB).toBe(expected)
})

test('in the smallest instance connections, bodies and responses have an eighth each', () => {
  const limits = deriveLimits(configOf({ MEMORY_LIMIT: '128m' }), unlimited)

  expect(limits).toMatchObject({ connections: 1365, bodies: 16 * MIB, responses: 16 * MIB, pipelined: 2 * MIB })
})

test('MAX_CONNECTIONS replaces the derived number', () => {
  const { connections } = deriveLimits(configOf({ MEMORY_LIMIT: '128m', MAX_CONNECTIONS: '4000' }), unlimited)

  expect(connections).toBe(4000)
})

test('there are more connections than requests in flight, and fewer than open files', () => {
  const small = deriveLimits(configOf({ MEMORY_LIMIT: '32m' }), unlimited)
  const large = deriveLimits(configOf({ MEMORY_LIMIT: '16g' }), unlimited)

  expect([small.connections, large.connections]).toEqual([600, 10_000])
})

test.each(['512', 'much', '1.5g', '-1m', '512m m'])('MEMORY_LIMIT=%s is a complaint', (given) => {
  expect(() => configOf({ MEMORY_LIMIT: given })).toThrow(
    expect.objectContaining({ complaints: [expect.stringContaining('MEMORY_LIMIT must be a size of at least 32m')] }),
  )
})

function heapOf(megabytes: number): Partial<Host> {
  return { options: `--max-old-space-size=${megabytes} --max-semi-space-size=2` }
}

function configOf(env: NodeJS.ProcessEnv) {
  return readConfig(env, chassisSettings)
}
