import { expect, test } from 'vitest'
import { Refusal } from '../../../scripts/rehearse/refusal.ts'
import { createStory, renderVerdict } from '../../../scripts/rehearse/story.ts'

test('a green rehearsal tells its steps, and what was left out once', async () => {
  const printed: string[] = []
  const story = createStory((line) => printed.push(line))

  const result = await story.step('files', (tell) => {
    tell('3 files')
    return 3
  })
  story.leaveOut('time')
  story.leaveOut('time')

  expect(result).toBe(3)
  expect(printed[0]).toMatch(/^ok +files +\d+\.\d s {2}3 files$/)
  expect(renderVerdict(story.report())).toBe(
    'Left out: time\nGreen: as far as it was rehearsed, "cf push" will go well.',
  )
})

test('a red one names the step, the reason, the fact and the remedy', async () => {
  const story = createStory(() => {})
  const refusal = new Refusal('The service is late.', { fact: 'it has 60 s.', remedy: 'Be faster.' })

  await expect(story.step('start', () => Promise.reject(refusal))).rejects.toBe(refusal)

  expect(story.report()).toMatchObject({
    ok: false,
    failed: 'start',
    reason: 'The service is late.',
    fact: 'it has 60 s.',
  })
  expect(renderVerdict(story.report())).toContain('Red: "cf push" would go wrong at "start".')
})

test('an error of the rehearsal itself is not told as one of the service', async () => {
  const story = createStory(() => {})

  await expect(story.step('node', () => Promise.reject(new Error('no disk')))).rejects.toThrow()

  expect(story.report()).toMatchObject({ ok: false, failed: 'node', reason: 'no disk' })
  expect(renderVerdict(story.report())).toContain('No verdict')
})

test('an error outside of any step is told too, unless a step has failed before', async () => {
  const [fine, failed] = [createStory(() => {}), createStory(() => {})]
  await fine.step('start', () => {})
  await failed.step('node', () => Promise.reject(new Error('no disk'))).catch(() => {})

  for (const story of [fine, failed]) story.fail(new Error('lost'))

  expect(fine.report()).toMatchObject({ ok: false, failed: 'start', reason: 'lost' })
  expect(failed.report()).toMatchObject({ ok: false, failed: 'node', reason: 'no disk' })
})
