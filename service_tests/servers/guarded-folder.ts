// A temporary folder for a private server, with a guardian who ends the server and removes the folder, whatever becomes of
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
  const guardian = startGuardian(path)

  return {
    path,
    write(file, content) {
      const filePath = join(path, file)
      writeFileSync(filePath, content, { mode: 0o600 })
      own(filePath)
      return filePath
    },
    guard: (pid, signal = 'SIGKILL') => guardian.tell(`${pid} ${signal}`),
    release: (pid) => guardian.tell(`${pid} ended`),
    [Symbol.asyncDispose]: guardian.dismiss,
  }
}

function startGuardian(folder: string) {
  const script = fileURLToPath(new URL('guardian.ts', import.meta.url))
  // In a session of its own it outlives an interrupt at the terminal.
  const guardian = spawn(process.execPath, [script, folder], { detached: true, env: {}, cwd: '/' })
  const ended = Promise.all([once(guardian, 'exit'), text(guardian.stderr)])
  // It lets a script end that has forgotten to dispose of its server.
  for (const part of [guardian, guardian.stdin, guardian.stdout, guardian.stderr]) (part as typeof guardian).unref()

  return {
    tell: (line: string) => void (guardian.stdin.writable && guardian.stdin.write(`${line}\n`)),
    async dismiss() {
      guardian.ref()
      guardian.stdin.end()
      const [[code], complaint] = await ended
      if (code !== 0) throw new Error(`The guardian of ${folder} failed:\n${complaint}`)
    },
  }
}
