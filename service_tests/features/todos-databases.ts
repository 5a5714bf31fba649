// The databases that todos are kept in, as a service is bound to them.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres, type PrivatePostgres } from 'private-servers/postgres'
import { runService } from '../service.ts'

export type Environment = Record<string, string>

export interface DatabaseServer extends AsyncDisposable {
  /** @returns the variables that bind a service to an empty database with the schema of all features */
  createDatabase(name: string): Promise<Environment>
}

export async function openFiles(): Promise<DatabaseServer> {
  const folder = mkdtempSync(join(tmpdir(), 'todos-'))
  return {
    createDatabase: async (name) => ({ DATA_DIR: join(folder, name) }),
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

export async function openMigratedPostgres(): Promise<DatabaseServer & { server: PrivatePostgres }> {
  const server = await openPostgres()
  return {
    server,
    async createDatabase(name) {
      const env = { DATABASE_URL: await server.createDatabase(name) }
      const { code, stderr } = await runService({ args: 'migrate', env })
      assert.equal(code, 0, stderr)
      return env
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
