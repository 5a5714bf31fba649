import { lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createReporter } from '../../src/report/reporter.ts'
import { openWorkplace } from '../../src/staging/workplace.ts'

test.each(['file', 'folder', 'nothing'])(
  'a link to a %s is copied as a link, and its target keeps its owner',
  (name) => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'))
    onTestFinished(() => rmSync(outside, { recursive: true }))
    writeFileSync(join(outside, 'file'), '')
    mkdirSync(join(outside, 'folder'))
    symlinkSync(join(outside, name), join(outside, 'link'))
    const workplace = openWorkplace(
      undefined,
      createReporter(() => {}),
    )
    onTestFinished(workplace[Symbol.dispose])

    workplace.copy(join(outside, 'link'), join(workplace.folder, 'link'))

    expect(readlinkSync(join(workplace.folder, 'link'))).toBe(join(outside, name))
    if (name !== 'nothing') expect(lstatSync(join(outside, name)).uid).toBe(process.getuid?.())
  },
)
