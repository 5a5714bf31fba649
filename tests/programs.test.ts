// The programs that tests need, wherever they are listed for an installation.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const read = (file: string) => readFileSync(join(import.meta.dirname, '..', file), 'utf8')
const needed = [...read('.ci/run').matchAll(/^need \S+ (\S+)$/gm)].map(([, program]) => program).sort()

test('CONTRIBUTING.md lists the programs that the pipeline installs', () => {
  const code = [...read('CONTRIBUTING.md').matchAll(/`([^`\n]+)`|^(apt-get install .+)$/gm)].map(
    ([, inline, line]) => inline ?? line!,
  )
  const listed = new Set(code.flatMap((text) => text.split(' ')))

  expect(needed.length).toBeGreaterThan(5)
  expect(needed.filter((program) => !listed.has(program!))).toEqual([])
})
