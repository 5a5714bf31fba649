// The heap of a copy. Node's flags apply to one process, and the Procfile computes them for one. Copies would inherit them,
// and together take that many times the memory that the platform granted.

import { ConfigError } from './config.ts'

/** With less, Node ends before the service listens, or soon after. */
const LEAST_MB = 24

const HEAP = /^--max[-_]old[-_]space[-_]size=(\d+)$/

/**
 * @param execArgv the flags of this process, which may come from NODE_OPTIONS too
 * @returns the flags of each copy: the same, with its share of the heap
 * @throws {ConfigError} if the share is too small
 */
export function flagsOfCopies(copies: number, execArgv: string[], nodeOptions = ''): string[] {
  const sizes = [...nodeOptions.split(/\s+/), ...execArgv].flatMap((flag) => HEAP.exec(flag)?.[1] ?? [])
  const heap = Number(sizes.at(-1) ?? 0)
  if (heap === 0) return execArgv // No limit is set, or it is Node's own.
  const share = Math.floor(heap / copies)
  if (share < LEAST_MB) {
    throw new ConfigError([
      `WEB_CONCURRENCY is ${copies}, which leaves each copy ${share} MB of the heap of ${heap} MB; it needs ${LEAST_MB} MB. ` +
        'Set it lower, or grant the process more memory',
    ])
  }
  return [...execArgv.filter((flag) => !HEAP.test(flag)), `--max-old-space-size=${share}`]
}
