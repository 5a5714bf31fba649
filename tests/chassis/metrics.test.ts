import { expect, test } from 'vitest'
import { createRegistry, createTimed } from '../../src/chassis/metrics.ts'

const release = { name: 'demo', version: '1.2.3', commit: 'abc', instance: '0' }
const sink = { write: () => {}, dropped: () => 3, flush: async () => {} }

function create() {
  const registry = createRegistry(release, sink)
  return { registry, timed: createTimed(registry) }
}

test('the release is a metric', async () => {
  const { registry } = create()

  expect(await registry.metrics()).toContain('app_info{name="demo",version="1.2.3",commit="abc"} 1')
})

test('dropped log lines are counted', async () => {
  const { registry } = create()

  expect(await registry.metrics()).toContain('log_lines_dropped_total 3')
  expect(await registry.metrics()).toContain('log_lines_dropped_total 3')
})

test('timing does not change what a function returns or throws', async () => {
  const { timed } = create()
  const add = timed('add', (a: number, b: number) => a + b)
  const wait = timed('wait', async (text: string) => text)
  const fail = timed('fail', () => {
    throw new RangeError('no')
  })

  expect(add(1, 2)).toBe(3)
  expect(await wait('done')).toBe('done')
  expect(fail).toThrow(RangeError)
})

test('calls of timed functions are counted by their outcome', async () => {
  const { registry, timed } = create()
  const flip = timed('flip', async (good: boolean) => {
    if (!good) throw new Error('bad')
  })

  await flip(true)
  await flip(true)
  await expect(flip(false)).rejects.toThrow('bad')

  const text = await registry.metrics()
  expect(text).toContain('function_duration_seconds_count{function="flip",outcome="ok"} 2')
  expect(text).toContain('function_duration_seconds_count{function="flip",outcome="error"} 1')
})

test('an async function is timed until its promise settles', async () => {
  const { registry, timed } = create()
  const { promise, resolve } = Promise.withResolvers<void>()

  const running = timed('long', () => promise)()
  expect(await registry.metrics()).not.toContain('function="long"')
  resolve()
  await running

  expect(await registry.metrics()).toContain('function_duration_seconds_count{function="long",outcome="ok"} 1')
})
