import { expect, test } from 'vitest'
import { createCircuitBreaker } from '../../src/backing/circuit-breaker.ts'

const succeeding = async () => 'reply'
const failing = async () => {
  throw new Error('It fails.')
}
const frozen = () => new Promise<never>(() => {})

test('after a failure nothing is called for a second; then one probe decides for all', async () => {
  const { breaker, pass, events } = openBreaker()

  expect(await breaker.attempt(failing)).toBeUndefined()
  expect(await breaker.attempt(succeeding)).toBeUndefined()
  pass(1000)
  const { promise, resolve } = Promise.withResolvers<string>()
  const probe = breaker.attempt(() => promise)
  expect(await breaker.attempt(succeeding)).toBeUndefined()
  resolve('recovered')

  expect(await probe).toEqual({ result: 'recovered' })
  expect(await breaker.attempt(succeeding)).toEqual({ result: 'reply' })
  expect(events).toEqual(['failed', 'answered', 'answered'])
})

test('a call that exceeds the time limit counts as a failure', async () => {
  const { breaker } = openBreaker()
  const outcomes: string[] = []

  expect(await breaker.attempt(frozen, (outcome) => outcomes.push(outcome))).toBeUndefined()
  expect(await breaker.attempt(succeeding, (outcome) => outcomes.push(outcome))).toBeUndefined()

  expect(outcomes).toEqual(['error'])
})

test('a reply that arrived while this process was busy counts as in time', async () => {
  const { breaker } = openBreaker()

  const attempt = breaker.attempt(() => new Promise((resolve) => setTimeout(resolve, 5, 'reply')))
  const endMs = performance.now() + 60
  while (performance.now() < endMs);

  expect(await attempt).toEqual({ result: 'reply' })
})

test('an error that is a reply does not open the circuit', async () => {
  const { breaker, events } = openBreaker(() => true)

  expect(await breaker.attempt(failing)).toBeUndefined()
  expect(await breaker.attempt(succeeding)).toEqual({ result: 'reply' })
  expect(events).toEqual(['failed', 'answered'])
})

function openBreaker(isReply?: () => boolean) {
  let nowMs = 0
  const events: string[] = []
  const outages = { failed: () => void events.push('failed'), answered: () => void events.push('answered') }
  const breaker = createCircuitBreaker({ timeoutMs: 20, outages, now: () => nowMs, ...(isReply && { isReply }) })
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { breaker, events, pass }
}
