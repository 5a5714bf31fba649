// The speed of functions in this process, measured in turns, so that a slow moment of the machine affects all of them.

import { median } from '../statistics.ts'

const TURNS = 5

/** @returns the calls per second of each function, as the median of several turns */
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

/** Reads the clock only now and then, because reading it costs more than a small function. */
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
