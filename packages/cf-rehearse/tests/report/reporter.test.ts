import { expect, test } from 'vitest'
import { Finding } from '../../src/report/finding.ts'
import { createReporter, renderVerdict } from '../../src/report/reporter.ts'

test('a green rehearsal prints its steps, and everything that was left out once', async () => {
  const printed: string[] = []
  const reporter = createReporter((line) => printed.push(line))

  const result = await reporter.step('files', (note) => {
    note('3 files')
    return 3
  })
  reporter.leaveOut('time')
  reporter.leaveOut('time')

  expect(result).toBe(3)
  expect(printed[0]).toMatch(/^ok +files +\d+\.\d s {2}3 files$/)
  expect(renderVerdict(reporter.report())).toBe(
    'Left out: time\nGreen: "cf push" is expected to succeed, as far as it was rehearsed.',
  )
})

test('a red rehearsal names the step, the reason, the fact and the remedy', async () => {
  const reporter = createReporter(() => {})
  const finding = new Finding('The service is late.', { fact: 'it has 60 s.', remedy: 'Be faster.' })

  await expect(reporter.step('start', () => Promise.reject(finding))).rejects.toBe(finding)

  expect(reporter.report()).toMatchObject({
    ok: false,
    failed: 'start',
    reason: 'The service is late.',
    fact: 'it has 60 s.',
  })
  expect(renderVerdict(reporter.report())).toContain('Red: "cf push" would fail at "start".')
})

test('an error of the rehearsal itself is not reported as one of the application', async () => {
  const reporter = createReporter(() => {})

  await expect(reporter.step('node', () => Promise.reject(new Error('no disk')))).rejects.toThrow()

  expect(reporter.report()).toMatchObject({ ok: false, failed: 'node', reason: 'no disk' })
  expect(renderVerdict(reporter.report())).toContain('No verdict')
})

test('an error outside of any step is reported, unless a step has failed before', async () => {
  const [fine, failed] = [createReporter(() => {}), createReporter(() => {})]
  await fine.step('start', () => {})
  await failed.step('node', () => Promise.reject(new Error('no disk'))).catch(() => {})

  for (const reporter of [fine, failed]) reporter.fail(new Error('lost'))

  expect(fine.report()).toMatchObject({ ok: false, failed: 'start', reason: 'lost' })
  expect(failed.report()).toMatchObject({ ok: false, failed: 'node', reason: 'no disk' })
})
