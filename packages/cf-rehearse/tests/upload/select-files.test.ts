import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { selectFiles } from '../../src/upload/select-files.ts'

const NEEDED = { 'package.json': '{}', 'package-lock.json': '{}', Procfile: 'web: exec node x.js\n' }

test.each([
  ['/etc/hosts', 'src/link.txt'],
  ['../../elsewhere', 'src/link.txt'],
  ['..', 'link'],
])('a link to %s is a finding, because it leads out of the uploaded folder', (target, link) => {
  const folder = makeFolder({ 'src/main.ts': '' })
  symlinkSync(target, join(folder, link))

  expect(() => selectFiles(folder, { contract: 'openapi.yaml', note: () => {} })).toThrow(
    `${link} is a link to ${target}`,
  )
})

test('links to files and folders within the folder are uploaded', () => {
  const folder = makeFolder({ 'src/main.ts': '', 'lib/a.ts': '' })
  symlinkSync('main.ts', join(folder, 'src/..main-link.ts'))
  symlinkSync('../lib', join(folder, 'src/lib'))

  const { files } = selectFiles(folder, { contract: 'openapi.yaml', note: () => {} })

  expect(files).toEqual(expect.arrayContaining(['src/..main-link.ts', 'src/lib']))
})

test('files that the CLI ignores by default are not included with their folder', () => {
  const ignored = { 'src/features/manifest.yml': '', 'src/.DS_Store': '', 'src/.gitignore': '' }
  const allowed = '/*\n!/package.json\n!/package-lock.json\n!/Procfile\n!/src\n'
  const folder = makeFolder({ 'src/main.ts': '', ...ignored, '.cfignore': allowed })

  const { files } = selectFiles(folder, { contract: 'openapi.yaml', note: () => {} })

  expect(files).toEqual(['Procfile', 'package-lock.json', 'package.json', 'src/main.ts'])
})

function makeFolder(given: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'selection-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [file, text] of Object.entries({ ...NEEDED, ...given })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  return folder
}
