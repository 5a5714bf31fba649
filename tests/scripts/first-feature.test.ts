// docs/first-feature.md, applied to what `npm run new` writes. That the result passes its tests is checked by
// `npm run test:deletable`.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { applyGuide, countAdded } from '../../scripts/feature/guide.ts'
import { newFeature } from '../../scripts/feature/new-feature.ts'
import { removeRuledBlocks } from '../../scripts/feature/ruled-blocks.ts'
import { parseContract } from '../../src/chassis/web/contract.ts'
import { createProject } from './project.ts'

const root = join(import.meta.dirname, '../..')
const guide = readFileSync(join(root, 'docs/first-feature.md'), 'utf8')

const PROJECT = {
  'openapi.yaml': removeRuledBlocks(readFileSync(join(root, 'openapi.yaml'), 'utf8'), 'orders'),
  'src/features/index.ts':
    "import type { Feature } from '../ports/feature.ts'\n\nexport const features: Feature[] = [\n]\n",
}

test('the diffs of the guide apply to a new feature, which then serves what its contract describes', () => {
  using project = createProject(PROJECT)
  newFeature(project.root, 'orders')

  applyGuide(project.root, guide)

  const files = project.files()
  const described = [...parseContract(files['openapi.yaml']!).operations.keys()].filter((key) =>
    key.includes('/orders'),
  )
  const served = files['src/features/orders/index.ts']!.match(/(?<=^ {8}')[A-Z]+ \/[^']*/gm)
  expect(described).toContain('PUT /orders/{orderId}/cancel')
  expect(served?.sort()).toEqual(described.sort())
})

test('the guide states how many lines of source are written by hand, at most 150', () => {
  const lines = countAdded(guide, 'src/')

  expect(guide.match(/(\d+) lines of\s+source are left to write by hand/)?.[1]).toBe(String(lines))
  expect(lines).toBeLessThanOrEqual(150)
})

test('a hunk that does not apply is named, and leaves the file unchanged', () => {
  using project = createProject({ 'a.ts': 'one\ntwo\nthree\n' })
  const block = '```diff a.ts\n one\n-two\n+2\n@@\n-four\n```\n'

  expect(() => applyGuide(project.root, block)).toThrow('a.ts has no lines like these:\nfour')
  expect(project.files()).toEqual({ 'a.ts': 'one\ntwo\nthree\n' })
})

test('each hunk applies after the one before it, so equal lines further up stay as they are', () => {
  using project = createProject({ 'a.ts': 'same\none\n\nsame\ntwo\n' })

  applyGuide(project.root, '```diff a.ts\n one\n\n-same\n+other\n@@\n-two\n+2\n+3\n```\n')

  expect(project.files()).toEqual({ 'a.ts': 'same\none\n\nother\n2\n3\n' })
})
