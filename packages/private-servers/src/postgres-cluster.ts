// The data folder of a private PostgreSQL. Creating one takes half a second, so a process creates it once and then
// copies it. The watchdog removes the original when the process ends.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serverAccount } from './account.ts'
import { type GuardedFolder, openGuardedFolder } from './guarded-folder.ts'

export const SUPERUSER = 'postgres'
export const SUPERUSER_PASSWORD = 'superuser'

const RUN_MS = 120_000

let original: Promise<string> | undefined

/** @returns the data folder */
export async function createCluster(initdb: string, folder: GuardedFolder): Promise<string> {
  original ??= createOriginal(initdb).catch((error) => {
    original = undefined
    throw error
  })
  const data = join(folder.path, 'data')
  await run('cp', ['-R', await original, data])
  return data
}

async function createOriginal(initdb: string): Promise<string> {
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(openGuardedFolder('postgres'))
  const data = join(folder.path, 'data')
  const login = [`--username=${SUPERUSER}`, `--pwfile=${folder.write('password', SUPERUSER_PASSWORD)}`]
  const locale = ['--locale=C', '--encoding=UTF8']
  const auth = '--auth=scram-sha-256'
  await run(initdb, [`--pgdata=${data}`, ...login, ...locale, auth, '--no-sync', '--no-instructions'])
  opening.move()
  return data
}

/** Its error contains the output of the program. */
async function run(program: string, args: string[]) {
  await promisify(execFile)(program, args, {
    cwd: '/',
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    timeout: RUN_MS,
    ...serverAccount(),
  })
}
