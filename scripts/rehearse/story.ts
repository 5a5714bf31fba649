// What a rehearsal tells while it goes on, and at its end.

import { Refusal } from './refusal.ts'

export interface Step {
  name: string
  ok: boolean
  seconds: number
  /** What was found, or why it failed. */
  found: string
}

export interface Report {
  ok: boolean
  /** The name of the step that failed. */
  failed?: string
  reason?: string
  fact?: string
  remedy?: string
  steps: Step[]
  warnings: string[]
  /** What this machine, or an option, kept from being rehearsed. */
  leftOut: string[]
}

export type Act<Result> = (tell: (found: string) => void) => Result | Promise<Result>

export interface Story {
  /** Runs a step and tells how it went; what it throws is thrown on. */
  step<Result>(name: string, act: Act<Result>): Promise<Result>
  /** Notes what went wrong outside of any step. A step that failed before is the better reason. */
  fail(error: Error): void
  warn(what: string): void
  leaveOut(what: string): void
  report(): Report
}

export function createStory(print: (line: string) => void): Story {
  const steps: Step[] = []
  const warnings: string[] = []
  const leftOut: string[] = []
  let refusal: Partial<Report> = {}

  return {
    async step(name, act) {
      const startedMs = performance.now()
      const found: string[] = []
      try {
        const result = await act((text) => found.push(text))
        end(name, true, startedMs, found.join('; '))
        return result
      } catch (error) {
        refusal = { failed: name, ...describe(error as Error) }
        end(name, false, startedMs, refusal.reason ?? '')
        throw error
      }
    },
    fail(error) {
      if (refusal.failed === undefined) refusal = { failed: steps.at(-1)?.name ?? 'files', ...describe(error) }
    },
    warn: (what) => add(warnings, what),
    leaveOut: (what) => add(leftOut, what),
    report: () => ({ ok: refusal.failed === undefined, ...refusal, steps, warnings, leftOut }),
  }

  function end(name: string, ok: boolean, startedMs: number, found: string) {
    const seconds = Number(((performance.now() - startedMs) / 1000).toFixed(1))
    steps.push({ name, ok, seconds, found })
    print(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.toFixed(1).padStart(5)} s  ${found}`)
  }

  function add(list: string[], what: string) {
    if (!list.includes(what)) list.push(what)
  }
}

function describe(error: Error): Pick<Report, 'reason' | 'fact' | 'remedy'> {
  if (error instanceof Refusal) return { reason: error.message, fact: error.fact, remedy: error.remedy }
  return { reason: error.message, remedy: 'This is no verdict about the service: the rehearsal itself was hindered.' }
}

/** The end of what is printed: what was not rehearsed, and what to expect of a push. */
export function renderVerdict({ ok, failed, reason, fact, remedy, warnings, leftOut }: Report): string {
  const lines = [
    ...warnings.map((warning) => `Warning: ${warning}`),
    ...leftOut.map((what) => `Left out: ${what}`),
    ...(ok
      ? ['Green: as far as it was rehearsed, "cf push" will go well.']
      : [
          fact ? `Red: "cf push" would go wrong at "${failed}".` : `No verdict: it went wrong at "${failed}".`,
          `  ${reason}`,
          ...(fact ? [`  The platform: ${fact}`] : []),
          `  The remedy: ${remedy}`,
        ]),
  ]
  return lines.join('\n')
}
