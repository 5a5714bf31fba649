import { expect, test } from 'vitest'
import { openTarget } from '../target.ts'

test('a program is greeted', async () => {
  await using target = await openTarget()

  const { data } = await target.api.GET('/', { parseAs: 'text' })

  expect(data).toBe('Hello world\n')
})

test('a visitor sees the landing page with its styles', async () => {
  await using target = await openTarget()

  const page = await target.api.GET('/', { parseAs: 'text', headers: { accept: 'text/html' } })
  const styles = await target.api.GET('/assets/{file}', { params: { path: { file: 'style.css' } }, parseAs: 'text' })

  expect(page.data).toContain('href="assets/style.css"')
  expect(styles.data).toContain('body {')
})
