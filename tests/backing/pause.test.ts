import { expect, test } from 'vitest'
import { createPause } from '../../src/backing/pause.ts'

const answering = async () => 'answer'
const failing = async () => {
  throw new Error('It fails.')
}
const frozen = () => new Promise<never>(() => {})

test('what fails is left alone for a second, and then asked by one only', async () => {
  const { pause, pass, told } = openPause()

  expect(await pause.attempt(failing)).toBeUndefined()
  expect(await pause.attempt(answering)).toBeUndefined()
  pass(1000)
  const { promise, resolve } = Promise.withResolvers<string>()
  const probe = pause.attempt(() => promise)
  expect(await pause.attempt(answering)).toBeUndefined()
  resolve('well again')

  expect(await probe).toEqual({ result: 'well again' })
  expect(await pause.attempt(answering)).toEqual({ result: 'answer' })
  expect(told).toEqual(['failed', 'answered', 'answered'])
})

test('what does not answer in time has failed', async () => {
  const { pause } = openPause()
  const outcomes: string[] = []

  expect(await pause.attempt(frozen, (outcome) => outcomes.push(outcome))).toBeUndefined()
  expect(await pause.attempt(answering, (outcome) => outcomes.push(outcome))).toBeUndefined()

  expect(outcomes).toEqual(['error'])
})

test('an answer that has come while this process was busy counts as in time', async () => {
  const { pause } = openPause()

  const attempt = pause.attempt(() => new Promise((resolve) => setTimeout(resolve, 5, 'answer')))
  const endMs = performance.now() + 60
  while (performance.now() < endMs);

  expect(await attempt).toEqual({ result: 'answer' })
})

test('an error that is an answer makes no pause', async () => {
  const { pause, told } = openPause(() => true)

  expect(await pause.attempt(failing)).toBeUndefined()
  expect(await pause.attempt(answering)).toEqual({ result: 'answer' })
  expect(told).toEqual(['failed', 'answered'])
})

function openPause(isAnswer?: () => boolean) {
  let nowMs = 0
  const told: string[] = []
  const outages = { failed: () => void told.push('failed'), answered: () => void told.push('answered') }
  const pause = createPause({ timeoutMs: 20, outages, now: () => nowMs, ...(isAnswer && { isAnswer }) })
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { pause, told, pass }
}
