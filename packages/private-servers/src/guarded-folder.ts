// A temporary folder for a private server. A watchdog process ends the server and removes the folder, even if the
// process that opened it is killed.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { serverAccount } from './account.ts'

export interface GuardedFolder extends AsyncDisposable {
  path: string
  /** Writes a file that only the account of the server can read. @returns its path */
  write(name: string, content: string): string
  /** Sets the process to end, with its descendants. A signal other than SIGKILL lets the server clean up first. */
  guard(pid: number, signal?: NodeJS.Signals): void
  /** Forgets a process that has ended, because the system may reuse its id. */
  release(pid: number): void
}

export function openGuardedFolder(name: string): GuardedFolder {
  const { uid, gid } = serverAccount()
  const own = (path: string) => uid !== undefined && gid !== undefined && chownSync(path, uid, gid)
  const path = mkdtempSync(join(tmpdir(), `private-${name}-`))
  own(path)
  const watchdog = startWatchdog(path)

  return {
    path,
    write(file, content) {
      const filePath = join(path, file)
      writeFileSync(filePath, content, { mode: 0o600 })
      own(filePath)
      return filePath
    },
    guard: (pid, signal = 'SIGKILL') => watchdog.send(`${pid} ${signal}`),
    release: (pid) => watchdog.send(`${pid} ended`),
    [Symbol.asyncDispose]: watchdog.close,
  }
}

function startWatchdog(folder: string) {
  const script = fileURLToPath(new URL('watchdog.ts', import.meta.url))
  // In its own session it survives an interrupt at the terminal.
  const watchdog = spawn(process.execPath, [script, folder], { detached: true, env: {}, cwd: '/' })
  const ended = Promise.all([once(watchdog, 'exit'), text(watchdog.stderr)])
  // A script that does not dispose of its server can still end.
  for (const part of [watchdog, watchdog.stdin, watchdog.stdout, watchdog.stderr]) (part as typeof watchdog).unref()

  return {
    send: (line: string) => void (watchdog.stdin.writable && watchdog.stdin.write(`${line}\n`)),
    async close() {
      watchdog.ref()
      watchdog.stdin.end()
      const [[code], errors] = await ended
      if (code !== 0) throw new Error(`The watchdog of ${folder} failed:\n${errors}`)
    },
  }
}
