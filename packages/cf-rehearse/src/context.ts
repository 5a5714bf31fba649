// What all phases of a rehearsal share: its options, the application's settings, the report, and what has to be closed.

import { type Options, type StepName, steps } from './cli/options.ts'
import type { Settings } from './cli/settings.ts'
import type { Reporter, StepBody } from './report/reporter.ts'

/** Thrown after the last step that `--until` allows. */
export const UNTIL_REACHED = new Error('The step of --until is done.')

export interface RehearsalOptions {
  options: Options
  settings: Settings
  reporter: Reporter
  /** Disposed of at the end, and on an interrupt. */
  resources: AsyncDisposableStack
}

export interface Context {
  options: Options
  settings: Settings
  reporter: Reporter
  /** Disposes of a resource when the rehearsal ends. */
  keep<Opened extends AsyncDisposable | Disposable>(opened: Opened): Opened
  /** Runs a step. @throws {Error} `UNTIL_REACHED` after the step that --until names */
  step<Result>(name: StepName, body: StepBody<Result>): Promise<Result>
  /** Runs a step unless --without names it. */
  optionalStep(name: StepName, body: StepBody<void>): Promise<void>
}

export function createContext({ options, settings, reporter, resources }: RehearsalOptions): Context {
  const lastStep = options.until === undefined ? steps.length : steps.indexOf(options.until)
  return { options, settings, reporter, step, optionalStep, keep: (opened) => keepIn(resources, opened) }

  async function step<Result>(name: StepName, body: StepBody<Result>): Promise<Result> {
    if (steps.indexOf(name) > lastStep) throw UNTIL_REACHED
    const result = await reporter.step(name, body)
    if (steps.indexOf(name) === lastStep) throw UNTIL_REACHED
    return result
  }

  async function optionalStep(name: StepName, body: StepBody<void>) {
    if (!options.without.includes(name)) return step(name, body)
    reporter.leaveOut(`the step "${name}", by --without`)
  }
}

/** After an interrupt, resources that a step opens late are disposed of at once. */
function keepIn<Opened extends AsyncDisposable | Disposable>(resources: AsyncDisposableStack, opened: Opened): Opened {
  if (!resources.disposed) return resources.use(opened)
  if (Symbol.dispose in opened) opened[Symbol.dispose]()
  else void opened[Symbol.asyncDispose]()
  throw new Error('The rehearsal was interrupted.')
}
