// Loads a server as much as one core can: with wrk if it is installed, or else with the generator in this folder, which
// lets its last requests finish, so that its count is exact.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { hasWrk } from '../machine.ts'
import type { Workload } from './workload.ts'

export interface LoadResult {
  answered: number
  /** Requests that were under way when the generator stopped: the server may have counted them or not. */
  inDoubt: number
  /** Connections that broke, and answers that were not 2xx. */
  failed: number
  seconds: number
  p50Ms: number
}

export const load: (url: string, workload: Workload, seconds: number) => Promise<LoadResult> = hasWrk
  ? loadByWrk
  : loadExactly

async function loadByWrk(url: string, { path, connections, bodyFile }: Workload, seconds: number): Promise<LoadResult> {
  const options = ['--threads', '1', '--connections', `${connections}`, '--duration', `${seconds}s`]
  const script = fileURLToPath(new URL('wrk.lua', import.meta.url))
  const result = await run('wrk', [
    ...options,
    '--script',
    script,
    new URL(path, url).href,
    '--',
    ...(bodyFile ? [bodyFile] : []),
  ])
  return { ...result, inDoubt: connections }
}

export async function loadExactly(
  url: string,
  { path, connections, bodyFile }: Workload,
  seconds: number,
): Promise<LoadResult> {
  const script = fileURLToPath(new URL('generator.ts', import.meta.url))
  const args = [script, new URL(path, url).href, `${connections}`, `${seconds}`, ...(bodyFile ? [bodyFile] : [])]
  const result = await run(process.execPath, args)
  return { ...result, inDoubt: 0 }
}

async function run(command: string, args: string[]): Promise<Omit<LoadResult, 'inDoubt'>> {
  const { stdout } = await promisify(execFile)(command, args)
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}
