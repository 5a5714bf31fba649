// A folder for what is only needed while a script runs. It is removed as well when Ctrl-C ends the script.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ScratchFolder extends Disposable {
  path: string
}

export function openScratchFolder(prefix: string): ScratchFolder {
  const path = mkdtempSync(join(tmpdir(), prefix))
  const remove = () => rmSync(path, { recursive: true, force: true })
  const end = () => process.exit(1)
  process.once('exit', remove)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end)
  return {
    path,
    [Symbol.dispose]() {
      remove()
      process.off('exit', remove)
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end)
    },
  }
}
