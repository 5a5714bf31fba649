import { expect, test } from 'vitest'
import { createDoubt } from '../../../src/features/todos/doubt.ts'

const quick = { pauseMs: 1, settleMs: 1 }

test('what is in doubt is forgotten when the database answers again, and once more when it has settled', async () => {
  const story: string[] = []
  const answers = [false, false, true]
  const doubt = createDoubt({
    ...quick,
    async ask() {
      story.push('asked')
      if (!answers.shift()) throw new Error('away')
    },
    async forget() {
      story.push('forgot')
    },
  })

  await doubt()

  expect(story).toEqual(['asked', 'asked', 'asked', 'forgot', 'forgot'])
})

test('however many writes are in doubt, the database is asked by one', async () => {
  let asked = 0
  const ask = async () => void asked++
  const doubt = createDoubt({ ...quick, ask, forget: async () => {} })

  await Promise.all([doubt(), doubt(), doubt()])
  expect(asked).toBe(1)
  await doubt()
  expect(asked).toBe(2)
})

test('what comes into doubt while another is settling is asked about as well', async () => {
  const story: string[] = []
  const doubt = createDoubt({
    ...quick,
    async ask() {
      story.push('asked')
    },
    async forget() {
      story.push('forgot')
      if (story.length === 2) void doubt()
    },
  })

  await doubt()

  expect(story).toEqual(['asked', 'forgot', 'forgot', 'asked', 'forgot', 'forgot'])
})
