// What is kept of a result, and for how long.

import type { CacheOptions } from '../../ports.ts'

export interface Entry {
  value: unknown
  /** The one that the scope had before the function was called. */
  generation: string
  freshUntilMs: number
  staleUntilMs: number
}

/** Up to a tenth less at random, so that what was kept at the same time does not end at the same time. */
const JITTER = 0.1

export function createEntry(value: unknown, generation: string, options: CacheOptions, nowMs: number): Entry {
  const { freshSeconds, staleSeconds = 0, emptySeconds = freshSeconds } = options
  const isEmpty = value === undefined || value === null
  const freshMs = (isEmpty ? emptySeconds : freshSeconds) * 1000 * (1 - JITTER * Math.random())
  const freshUntilMs = nowMs + freshMs
  const staleUntilMs = freshUntilMs + (isEmpty ? 0 : staleSeconds * 1000)
  return { value: freeze(value), generation, freshUntilMs, staleUntilMs }
}

/** In a store: short names, for there are many. A value of undefined is left out, and comes back as undefined. */
export const writeEntry = ({ value, generation, freshUntilMs, staleUntilMs }: Entry): string =>
  JSON.stringify({ v: value, g: generation, f: Math.round(freshUntilMs), s: Math.round(staleUntilMs) })

/** Undefined where the text is none of ours. */
export function readEntry(text: string | undefined): Entry | undefined {
  if (text === undefined) return undefined
  try {
    const { v, g, f, s } = JSON.parse(text)
    if (typeof g !== 'string' || typeof f !== 'number' || typeof s !== 'number') return undefined
    return { value: freeze(v), generation: g, freshUntilMs: f, staleUntilMs: s }
  } catch {
    return undefined
  }
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) freeze(member)
  return Object.freeze(value)
}
