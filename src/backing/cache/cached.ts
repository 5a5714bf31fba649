// A cached function. The path of a hit in memory is short on purpose: most calls take it.
//
// Invalidating the function gives it a new generation. A result belongs to the generation that was current when the
// call began, so a slow call can't bring back a result that was invalidated meanwhile.

import { randomUUID } from 'node:crypto'
import type { CachedFunction, CacheOptions } from '../../ports/cache.ts'
import type { OutageLog } from '../outage-log.ts'
import { createEntry, type Entry } from './entry.ts'
import { type Args, keyOf } from './key.ts'
import type { MemoryLevel, Revalidatable } from './levels.ts'
import type { Outcome } from './metrics.ts'
import type { SharedLevel } from './shared-level.ts'
import { createSingleFlight } from './single-flight.ts'

export interface CachedFunctionOptions {
  /** Identifies the function among all that share the levels. */
  scope: string
  memory: MemoryLevel
  shared: SharedLevel | undefined
  /** How long an entry in memory is used before it is revalidated with the shared level. */
  revalidateAfterMs: number
  counts: Record<Outcome, { inc(): void }>
  /** Logs failures that no caller sees, because a stale result was served instead. */
  outages: OutageLog
  /** Milliseconds since 1970. */
  now: () => number
}

/** How long after a failure the stale result is served without calling the function again. */
const RETRY_MS = 1000

export function createCached<A extends Args, Result>(
  fn: (...args: A) => Promise<Result>,
  options: CacheOptions,
  { scope, memory, shared, revalidateAfterMs, counts, outages, now }: CachedFunctionOptions,
): CachedFunction<A, Result> & Revalidatable {
  const lookups = createSingleFlight<Result>()
  const loads = createSingleFlight<Result>()
  /** Until it is confirmed by the shared level, an id that no stored entry has. */
  let generation: string = randomUUID()
  let isConfirmed = false
  /** Counts invalidations; a call that began in an earlier epoch is not shared with later callers. */
  let epoch = 0

  return Object.assign(call, { forget, revalidate: beginGeneration })

  function call(...args: A): Promise<Result> {
    const key = keyOf(scope, args)
    const entry = memory.get(key)
    if (entry?.generation !== generation) return lookUp(key, args)
    const nowMs = now()
    if (nowMs >= entry.revalidateAtMs || nowMs >= entry.staleUntilMs) return lookUp(key, args)
    return serve(entry, key, args)
  }

  async function forget() {
    beginGeneration()
    await shared?.invalidate(scope)
  }

  function beginGeneration() {
    generation = randomUUID()
    isConfirmed = false
    epoch += 1
  }

  /** Stale while revalidate: a stale result is returned at once, and loaded again in the background. */
  function serve(entry: Omit<Entry, 'json'>, key: string, args: A): Promise<Result> {
    if (now() < entry.freshUntilMs) counts.hit.inc()
    else {
      counts.stale.inc()
      if (!loads.find(key, epoch)) load(key, args).catch(outages.failed)
    }
    return Promise.resolve(entry.value as Result)
  }

  function lookUp(key: string, args: A): Promise<Result> {
    const inFlight = lookups.find(key, epoch)
    if (inFlight) {
      counts.hit.inc()
      return inFlight
    }
    return lookups.add(key, epoch, readOrLoad(key, args))
  }

  async function readOrLoad(key: string, args: A): Promise<Result> {
    const beganEpoch = epoch
    const found = shared && (await shared.read(scope, key))
    if (found && beganEpoch === epoch) confirm(found.generation)
    const entry = found?.entry
    if (entry?.generation === generation && now() < entry.staleUntilMs) {
      remember(key, entry)
      return serve(entry, key, args)
    }
    counts.miss.inc()
    return load(key, args)
  }

  /** Takes over the shared generation. If it replaces a confirmed one, another process's invalidation was missed. */
  function confirm(found: string) {
    if (isConfirmed && found !== generation) epoch += 1
    generation = found
    isConfirmed = true
  }

  function load(key: string, args: A): Promise<Result> {
    return loads.find(key, epoch) ?? loads.add(key, epoch, callAndStore(key, args))
  }

  async function callAndStore(key: string, args: A): Promise<Result> {
    const [beganGeneration, beganEpoch] = [generation, epoch]
    try {
      const value = await fn(...args)
      const entry = createEntry(value, beganGeneration, options, now())
      // A result that was invalidated meanwhile goes only to the callers that were waiting for it.
      if (beganEpoch === epoch) {
        remember(key, entry)
        await shared?.write(scope, key, entry, now())
      }
      outages.answered()
      return value
    } catch (error) {
      return staleIfError(error, key)
    }
  }

  function remember(key: string, { value, json = '', generation, freshUntilMs, staleUntilMs }: Entry) {
    const entry = { value, generation, freshUntilMs, staleUntilMs, revalidateAtMs: now() + revalidateAfterMs }
    memory.set(key, entry, { size: key.length + json.length })
  }

  /** Stale if error: while the function fails, an entry in memory is served, even one due to be revalidated. */
  function staleIfError(error: unknown, key: string): Result {
    const entry = memory.get(key)
    if (entry?.generation !== generation || now() >= entry.staleUntilMs) throw error
    outages.failed(error)
    entry.freshUntilMs = entry.revalidateAtMs = now() + RETRY_MS
    return entry.value as Result
  }
}
