// A cache entry: a result, its generation, and how long it is fresh and may be served stale.

import type { CacheOptions } from '../../ports/cache.ts'

export interface Entry {
  value: unknown
  /** As JSON; undefined where the value is undefined. */
  json: string | undefined
  /** The function's generation when the call began. */
  generation: string
  freshUntilMs: number
  staleUntilMs: number
}

/** Up to 10 % shorter, so that entries cached together don't expire together. */
const JITTER = 0.1

export function createEntry(value: unknown, generation: string, options: CacheOptions, nowMs: number): Entry {
  const { freshSeconds, staleSeconds = 0, emptySeconds = freshSeconds } = options
  const isEmpty = value === undefined || value === null
  const freshMs = (isEmpty ? emptySeconds : freshSeconds) * 1000 * (1 - JITTER * Math.random())
  const freshUntilMs = Math.round(nowMs + freshMs)
  const staleUntilMs = freshUntilMs + (isEmpty ? 0 : staleSeconds * 1000)
  return { value: freeze(value), json: JSON.stringify(value), generation, freshUntilMs, staleUntilMs }
}

/** The format in a store: one line of metadata, then the value as JSON. */
export const writeEntry = ({ json = '', generation, freshUntilMs, staleUntilMs }: Entry): string =>
  `${generation} ${freshUntilMs} ${staleUntilMs}\n${json}`

const ENTRY = /^(\S+) (\d+) (\d+)\n/

/** Undefined where the text is not an entry. */
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
