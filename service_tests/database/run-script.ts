// Runs a script of this folder in a process of its own, as another instance would run.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const SCRIPT_MS = 120_000

export function runScript(name: string, args: string[], env: Record<string, string>) {
  const script = fileURLToPath(new URL(name, import.meta.url))
  const { NODE_V8_COVERAGE } = process.env
  const inherited = NODE_V8_COVERAGE ? { NODE_V8_COVERAGE } : {}
  const options = { env: { ...inherited, ...env }, timeout: SCRIPT_MS }
  return new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, [script, ...args], options, (error, _stdout, stderr) => {
      resolve({ code: error ? (error.code ?? error.signal) : 0, stderr })
    })
  })
}
