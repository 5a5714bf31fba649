// What is kept of a result, and for how long.

import type { CacheOptions } from '../../ports/cache.ts'

export interface Entry {
  value: unknown
  /** As JSON; undefined where the value is undefined. */
  json: string | undefined
  /** The one that the function had before it was called. */
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
  const freshUntilMs = Math.round(nowMs + freshMs)
  const staleUntilMs = freshUntilMs + (isEmpty ? 0 : staleSeconds * 1000)
  return { value: freeze(value), json: JSON.stringify(value), generation, freshUntilMs, staleUntilMs }
}

/** As a store keeps it: a line of what is to be known about the value, and the value. */
export const writeEntry = ({ json = '', generation, freshUntilMs, staleUntilMs }: Entry): string =>
  `${generation} ${freshUntilMs} ${staleUntilMs}\n${json}`

const ENTRY = /^(\S+) (\d+) (\d+)\n/

/** Undefined where the text is none of ours. */
export function readEntry(text: string | undefined): Entry | undefined {
  const [head, generation, freshUntil, staleUntil] = text?.match(ENTRY) ?? []
  if (text === undefined || head === undefined || generation === undefined) return undefined
  const json = text.slice(head.length) || undefined
  try {
    const value = json === undefined ? undefined : freeze(JSON.parse(json))
    return { value, json, generation, freshUntilMs: Number(freshUntil), staleUntilMs: Number(staleUntil) }
  } catch {
    return undefined
  }
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) freeze(member)
  return Object.freeze(value)
}
