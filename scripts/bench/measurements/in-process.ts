// How fast functions are, measured in this process: in turns, so that a slow moment of the machine meets all of them.

import { median } from '../statistics.ts'

const TURNS = 5

/** @returns the calls a second that each function managed, as the median of several turns */
export function callsPerSecond<Name extends string>(
  functions: Record<Name, () => unknown>,
  totalMs: number,
): Record<Name, number> {
  const names = Object.keys(functions) as Name[]
  for (const name of names) callFor(functions[name], totalMs / TURNS)

  const turns = Array.from({ length: TURNS }, () => names.map((name) => callFor(functions[name], totalMs / TURNS)))
  const medians = names.map((name, column) => [name, median(turns.map((turn) => turn[column]!))])
  return Object.fromEntries(medians)
}

/** Looks at the clock only now and then, for that would cost more than a small function. */
function callFor(call: () => unknown, durationMs: number): number {
  const started = performance.now()
  let calls = 0
  let elapsedMs = 0
  for (let batch = 1; elapsedMs < durationMs; batch = Math.min(batch * 2, 1000)) {
    for (let n = 0; n < batch; n++) call()
    calls += batch
    elapsedMs = performance.now() - started
  }
  return calls / (elapsedMs / 1000)
}
