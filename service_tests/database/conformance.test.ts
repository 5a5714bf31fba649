// One suite for both databases, so that a feature works with either.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres, type PrivatePostgres, postgresMissing } from 'private-servers/postgres'
import { afterAll } from 'vitest'
import { testConformance } from './conformance.ts'

let server: Promise<PrivatePostgres> | undefined
let databases = 0

afterAll(async () => (await server)?.[Symbol.asyncDispose]())

testConformance({
  name: 'SQLite',
  missing: false,
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'database-'))
    const remove = async () => rmSync(folder, { recursive: true, force: true })
    return { env: { DATA_DIR: folder }, [Symbol.asyncDispose]: remove }
  },
})

testConformance({
  name: 'PostgreSQL',
  missing: postgresMissing(),
  async open() {
    server ??= openPostgres()
    const url = await (await server).createDatabase(`conformance_${++databases}`)
    return { env: { DATABASE_URL: url }, [Symbol.asyncDispose]: async () => {} }
  },
})
