import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLifecycle } from '../../src/chassis/lifecycle.ts'
import { createLog } from '../../src/chassis/log.ts'
import { createMemorySink } from '../app.ts'

const release = { name: 'demo', version: '1.2.3', commit: 'abc', instance: '0' }

function create({ seconds = 8, signalledCode }: { seconds?: number; signalledCode?: 0 | 1 } = {}) {
  const sink = createMemorySink()
  const log = createLog({ level: 'info', sink, release, process: 'web' })
  const exits: number[] = []
  const exit = (code: number) => void exits.push(code)
  const lifecycle = createLifecycle({ log, sink, config: { SHUTDOWN_SECONDS: seconds }, signalledCode, exit })
  return { lifecycle, exits, lines: sink.lines }
}

test('resources are closed one after the other, the last opened first', async () => {
  const { lifecycle, exits } = create()
  const closed: string[] = []
  lifecycle.onStop('database', () => closed.push('database'))
  lifecycle.onStop('web', async () => {
    await new Promise(setImmediate)
    closed.push('web')
  })

  await lifecycle.stop('SIGTERM')

  expect(closed).toEqual(['web', 'database'])
  expect(exits).toEqual([0])
})

test('the exit code says that a signal has interrupted unfinished work', async () => {
  const [stopped, done] = [create({ signalledCode: 1 }), create({ signalledCode: 1 })]

  await stopped.lifecycle.stop('SIGTERM')
  await done.lifecycle.stop('done')

  expect([stopped.exits, done.exits]).toEqual([[1], [0]])
})

test('a resource that fails to close does not prevent the others from closing', async () => {
  const { lifecycle, exits, lines } = create()
  const closed: string[] = []
  lifecycle.onStop('database', () => closed.push('database'))
  lifecycle.onStop('cache', () => Promise.reject(new Error('gone')))

  await lifecycle.stop('SIGTERM')

  expect(closed).toEqual(['database'])
  expect(exits).toEqual([0])
  expect(lines()).toContainEqual(
    expect.objectContaining({ level: 'error', resource: 'cache', message: 'closing failed' }),
  )
})

test('a second signal ends the process at once, and the log says why', async () => {
  const { lifecycle, exits, lines } = create()
  lifecycle.onStop('web', () => new Promise(() => {}))

  const stopping = lifecycle.stop('SIGTERM')
  await lifecycle.stop('SIGINT')

  expect(exits).toEqual([1])
  expect(lines().at(-1)).toMatchObject({ exitCode: 1, message: 'stopped at once: SIGINT arrived while stopping' })
  void stopping
})

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

test('the deadline ends the process, and the log says why', async () => {
  const { lifecycle, exits, lines } = create({ seconds: 3 })
  lifecycle.onStop('web', () => new Promise(() => {}))

  void lifecycle.stop('SIGTERM')
  await vi.advanceTimersByTimeAsync(3000)
  await vi.waitFor(() => expect(exits).toEqual([1]))

  expect(lines().at(-1)).toMatchObject({ exitCode: 1, message: 'stopped at once: not finished after 3 s' })
})
