import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testConformance } from './conformance.ts'

for (const name of ['memory', 'file']) {
  testConformance({
    name,
    missing: false,
    isShared: name === 'file',
    async open() {
      const folder = mkdtempSync(join(tmpdir(), 'cache-'))
      const remove = async () => rmSync(folder, { recursive: true, force: true })
      return { env: { CACHE: name, DATA_DIR: folder }, [Symbol.asyncDispose]: remove }
    },
  })
}
