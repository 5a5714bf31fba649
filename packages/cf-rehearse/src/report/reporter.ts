// Prints the steps of a rehearsal as they end, and collects its report.

import { Finding } from './finding.ts'

export interface Step {
  name: string
  ok: boolean
  seconds: number
  /** What was found, or why the step failed. */
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
  /** What was not rehearsed, because of an option or of this machine. */
  leftOut: string[]
}

/** Adds to what a step has found. */
export type Note = (found: string) => void

export type StepBody<Result> = (note: Note) => Result | Promise<Result>

export interface Reporter {
  /** Runs a step and prints its outcome. Rethrows its error. */
  step<Result>(name: string, body: StepBody<Result>): Promise<Result>
  /** Records an error outside of any step. The error of a failed step takes precedence. */
  fail(error: Error): void
  warn(warning: string): void
  leaveOut(what: string): void
  report(): Report
}

export function createReporter(print: (line: string) => void): Reporter {
  const steps: Step[] = []
  const warnings: string[] = []
  const leftOut: string[] = []
  let failure: Partial<Report> = {}

  return {
    async step(name, body) {
      const startedMs = performance.now()
      const found: string[] = []
      try {
        const result = await body((text) => found.push(text))
        end(name, true, startedMs, found.join('; '))
        return result
      } catch (error) {
        failure = { failed: name, ...describe(error as Error) }
        end(name, false, startedMs, failure.reason ?? '')
        throw error
      }
    },
    fail(error) {
      if (failure.failed === undefined) failure = { failed: steps.at(-1)?.name ?? 'files', ...describe(error) }
    },
    warn: (warning) => add(warnings, warning),
    leaveOut: (what) => add(leftOut, what),
    report: () => ({ ok: failure.failed === undefined, ...failure, steps, warnings, leftOut }),
  }

  function end(name: string, ok: boolean, startedMs: number, found: string) {
    const seconds = Number(((performance.now() - startedMs) / 1000).toFixed(1))
    steps.push({ name, ok, seconds, found })
    print(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.toFixed(1).padStart(5)} s  ${found}`)
  }

  function add(list: string[], text: string) {
    if (!list.includes(text)) list.push(text)
  }
}

function describe(error: Error): Pick<Report, 'reason' | 'fact' | 'remedy'> {
  if (error instanceof Finding) return { reason: error.message, fact: error.fact, remedy: error.remedy }
  return { reason: error.message, remedy: 'The rehearsal itself failed, so this says nothing about the application.' }
}

/** The last lines of the output: warnings, what was left out, and the verdict. */
export function renderVerdict({ ok, failed, reason, fact, remedy, warnings, leftOut }: Report): string {
  const lines = [
    ...warnings.map((warning) => `Warning: ${warning}`),
    ...leftOut.map((what) => `Left out: ${what}`),
    ...(ok
      ? ['Green: "cf push" is expected to succeed, as far as it was rehearsed.']
      : [
          fact ? `Red: "cf push" would fail at "${failed}".` : `No verdict: the rehearsal failed at "${failed}".`,
          `  ${reason}`,
          ...(fact ? [`  The platform: ${fact}`] : []),
          `  The remedy: ${remedy}`,
        ]),
  ]
  return lines.join('\n')
}
