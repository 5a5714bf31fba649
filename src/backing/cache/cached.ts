// A function whose results are used again. The path of a hit in memory is short on purpose: most calls take it.
//
// Forgetting gives the function another generation. A result belongs to the generation that was current before the
// function was called, so whatever was slow can't bring back what has been forgotten meanwhile.

import { randomUUID } from 'node:crypto'
import type { CachedFunction, CacheOptions } from '../../ports/cache.ts'
import type { OutageLog } from '../outage-log.ts'
import { createEntry, type Entry } from './entry.ts'
import { createFlights } from './flights.ts'
import { type Args, keyOf } from './key.ts'
import type { MemoryLevel } from './memory.ts'
import type { Outcome } from './metrics.ts'
import type { SharedLevel } from './shared-level.ts'

export interface CachedParts {
  /** Names the function among all that share the levels. */
  scope: string
  memory: MemoryLevel
  shared: SharedLevel | undefined
  /** How long memory is believed without asking others. */
  believedMs: number
  counts: Record<Outcome, () => void>
  /** Told of calls that failed without anybody noticing, because an older result was there. */
  outages: OutageLog
  /** Milliseconds since 1970. */
  now: () => number
}

export interface Doubting {
  /** Another process has forgotten: nothing in memory is used before the shared level has been asked. */
  doubt(): void
}

/** How long an old result is used without another try, after one has failed. */
const RETRY_MS = 1000

export function createCached<A extends Args, Result>(
  fn: (...args: A) => Promise<Result>,
  options: CacheOptions,
  { scope, memory, shared, believedMs, counts, outages, now }: CachedParts,
): CachedFunction<A, Result> & Doubting {
  const lookUps = createFlights<Result>()
  const makings = createFlights<Result>()
  /** Where `isAgreed` is false, one that nobody else knows. */
  let generation: string = randomUUID()
  let isAgreed = false
  /** How often something was forgotten. */
  let epoch = 0

  return Object.assign(call, { forget, doubt })

  function call(...args: A): Promise<Result> {
    const key = keyOf(scope, args)
    const kept = memory.get(key)
    if (kept?.generation !== generation) return lookUp(key, args)
    const nowMs = now()
    if (nowMs >= kept.believedUntilMs || nowMs >= kept.staleUntilMs) return lookUp(key, args)
    return use(kept, key, args)
  }

  async function forget() {
    doubt()
    await shared?.forget(scope)
  }

  function doubt() {
    generation = randomUUID()
    isAgreed = false
    epoch += 1
  }

  /** The result of an entry that has not ended; an old one is made anew in the background. */
  function use(entry: Omit<Entry, 'json'>, key: string, args: A): Promise<Result> {
    if (now() < entry.freshUntilMs) counts.hit()
    else {
      counts.stale()
      if (!makings.find(key, epoch)) make(key, args).catch(outages.failed)
    }
    return Promise.resolve(entry.value as Result)
  }

  /** However many look for the same, one asks for all. Who comes after something was forgotten asks anew. */
  function lookUp(key: string, args: A): Promise<Result> {
    const flying = lookUps.find(key, epoch)
    if (flying) {
      counts.hit()
      return flying
    }
    return lookUps.add(key, epoch, readOrMake(key, args))
  }

  async function readOrMake(key: string, args: A): Promise<Result> {
    const asked = epoch
    const found = shared && (await shared.read(scope, key))
    if (found && asked === epoch) agree(found.generation)
    const entry = found?.entry
    if (entry?.generation === generation && now() < entry.staleUntilMs) {
      remember(key, entry)
      return use(entry, key, args)
    }
    counts.miss()
    return make(key, args)
  }

  /** Takes over what the others agree on. If it is not what was known, that they have forgotten was missed. */
  function agree(found: string) {
    if (isAgreed && found !== generation) epoch += 1
    generation = found
    isAgreed = true
  }

  function make(key: string, args: A): Promise<Result> {
    return makings.find(key, epoch) ?? makings.add(key, epoch, produce(key, args))
  }

  async function produce(key: string, args: A): Promise<Result> {
    const [began, beganEpoch] = [generation, epoch]
    try {
      const value = await fn(...args)
      const entry = createEntry(value, began, options, now())
      // What has been forgotten meanwhile is for those who asked before, and for nobody else.
      if (beganEpoch === epoch) {
        remember(key, entry)
        await shared?.write(scope, key, entry, now())
      }
      outages.answered()
      return value
    } catch (error) {
      return makeDo(error, key)
    }
  }

  function remember(key: string, { value, json = '', generation, freshUntilMs, staleUntilMs }: Entry) {
    const entry = { value, generation, freshUntilMs, staleUntilMs, believedUntilMs: now() + believedMs }
    memory.set(key, entry, key.length + json.length)
  }

  /** While the function fails, what is there is better than nothing, though it may not be believed any more. */
  function makeDo(error: unknown, key: string): Result {
    const kept = memory.get(key)
    if (kept?.generation !== generation || now() >= kept.staleUntilMs) throw error
    outages.failed(error)
    kept.freshUntilMs = kept.believedUntilMs = now() + RETRY_MS
    return kept.value as Result
  }
}
