// A temporary folder for a private server, with a watchdog who ends the server and removes the folder, whatever becomes of
// the process that opened it.

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
  /** Writes a file that only the server's account can read. @returns its path */
  write(name: string, content: string): string
  /** The process to end, with its descendants; a server may leave less behind if it is told by another signal first. */
  guard(pid: number, signal?: NodeJS.Signals): void
  /** The process has ended: its number may be another's by now. */
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
    guard: (pid, signal = 'SIGKILL') => watchdog.tell(`${pid} ${signal}`),
    release: (pid) => watchdog.tell(`${pid} ended`),
    [Symbol.asyncDispose]: watchdog.dismiss,
  }
}

function startWatchdog(folder: string) {
  const script = fileURLToPath(new URL('watchdog.ts', import.meta.url))
  // In a session of its own it outlives an interrupt at the terminal.
  const watchdog = spawn(process.execPath, [script, folder], { detached: true, env: {}, cwd: '/' })
  const ended = Promise.all([once(watchdog, 'exit'), text(watchdog.stderr)])
  // It lets a script end that has forgotten to dispose of its server.
  for (const part of [watchdog, watchdog.stdin, watchdog.stdout, watchdog.stderr]) (part as typeof watchdog).unref()

  return {
    tell: (line: string) => void (watchdog.stdin.writable && watchdog.stdin.write(`${line}\n`)),
    async dismiss() {
      watchdog.ref()
      watchdog.stdin.end()
      const [[code], complaint] = await ended
      if (code !== 0) throw new Error(`The watchdog of ${folder} failed:\n${complaint}`)
    },
  }
}
