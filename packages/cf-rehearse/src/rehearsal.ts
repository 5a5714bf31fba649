// A rehearsal from the first step to the last, in the order in which the platform does it.

import { createContext, type RehearsalOptions } from './context.ts'
import { buildDroplet } from './phases/build.ts'
import { observe } from './phases/observe.ts'
import { replaceAndStop } from './phases/replace.ts'
import { startProcesses } from './phases/start.ts'

export async function rehearse(rehearsal: RehearsalOptions) {
  const context = createContext(rehearsal)
  const build = await buildDroplet(context)
  const running = await startProcesses(context, build)
  await observe(context, running)
  await replaceAndStop(context, running)
}
