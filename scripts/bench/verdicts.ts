// Whether a budget is met. A budget limits a ratio within this run, or memory.

export interface Verdict {
  budget: string
  measured: string
  /** Undefined where this machine can't measure it. */
  met: boolean | undefined
}

interface Limit {
  limit: number
  unit: string
}

export const atLeast = (budget: string, value: number, limit: number): Verdict => ({
  budget: `${budget} ≥ ${limit}`,
  measured: value.toFixed(2),
  met: value >= limit,
})

export const atMost = (budget: string, value: number, { limit, unit }: Limit): Verdict => ({
  budget: `${budget} ≤ ${limit} ${unit}`,
  measured: `${value.toFixed(2)} ${unit}`,
  met: value <= limit,
})

export const below = (budget: string, mb: number, limit: number): Verdict => ({
  budget: `${budget} < ${limit} MB`,
  measured: Number.isNaN(mb) ? 'unknown' : `${mb.toFixed(0)} MB`,
  met: Number.isNaN(mb) ? undefined : mb < limit,
})
