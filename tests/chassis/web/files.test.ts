// Static files by declaration: whatever a file is called, it is served, and the service starts.

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import type { Mounted } from '../../../src/ports/routes.ts'
import { contractWith, createTestApp } from '../../app.ts'

const contract = contractWith({
  paths: `
  /files/{file}:
    get:
      parameters:
        - { name: file, in: path, required: true, schema: { type: string } }
      responses:
        '200': { description: The file., content: { image/svg+xml: { schema: {} } } }
`,
})

/** The folder has a name of its own that a URL would cut. */
const folder = mkdtempSync(join(tmpdir(), 'files of#a? 100%-'))
afterAll(() => rmSync(folder, { recursive: true }))

const names = [
  'a#b.svg',
  'a?b.svg',
  '100%.svg',
  '%41.svg',
  'a b.svg',
  'ü-日本-😀.svg',
  '.hidden.svg',
  'a\\b.svg',
  'a;b&c+d.svg',
]
for (const name of names) writeFileSync(join(folder, name), `<svg><!-- ${name} --></svg>`)
writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0x2e, 0x73])]), 'a name that is not UTF-8')
symlinkSync('/nonexistent', join(folder, 'dangling.svg'))

const files = { 'GET /files/{file}': pathToFileURL(`${folder}/`) } as Mounted['files'] & {}
const { http } = await createTestApp({ contract, mounted: { files: { files } } })

test.each(names)('a file named %s is served', async (name) => {
  const { status, headers, body } = await http.get(`/files/${encodeURIComponent(name)}`)

  expect(status).toBe(200)
  expect(headers['content-type']).toBe('image/svg+xml')
  expect(body.toString()).toBe(`<svg><!-- ${name} --></svg>`)
})

test.each(['dangling.svg', '..%2F', 'A%23B.svg'])('there is no file %s', async (name) => {
  expect((await http.get(`/files/${name}`)).status).toBe(404)
})

test.each(['./a#b.svg', './a?b.svg'])('a declaration of %s is refused, with the remedy', async (path) => {
  const cut = { 'GET /files/{file}': new URL(path, pathToFileURL(`${folder}/`)) } as Mounted['files'] & {}

  await expect(createTestApp({ contract, mounted: { files: { files: cut } } })).rejects.toThrow('# as %23')
})
