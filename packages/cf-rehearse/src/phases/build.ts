// Phase 1: from the folder to a droplet. Steps "files", "manifest", "node", "staging" and "droplet".

import type { Context } from '../context.ts'
import { type PushPlan, planPush } from '../manifest/push-plan.ts'
import { type Droplet, describeSizes, makeDroplet, measureDroplet, requireDisk } from '../staging/droplet.ts'
import { getNode } from '../staging/node-runtime.ts'
import { findNpm } from '../staging/npm.ts'
import { stage } from '../staging/stage.ts'
import { openWorkplace, type Workplace } from '../staging/workplace.ts'
import { selectFiles } from '../upload/select-files.ts'

export interface Build {
  plan: PushPlan
  droplet: Droplet
  workplace: Workplace
}

export async function buildDroplet({ options, settings, reporter, keep, step }: Context): Promise<Build> {
  const { contract } = settings
  const selection = await step('files', (note) => selectFiles(options.from, { contract, note }))
  const plan = await step('manifest', (note) => planPush(selection, { options, settings, reporter, note }))
  const workplace = keep(openWorkplace(options.cache, reporter))
  const npm = findNpm()
  const node = await step('node', (note) => getNode(selection, { workplace, npm, reporter, note }))
  const staging = { selection, plan, node, npm, workplace, reuse: options.reuse }
  const staged = await step('staging', (note) => stage({ ...staging, note }))
  const droplet = await step('droplet', (note) => {
    note('packages moved to deps/0, the application to another folder')
    const made = makeDroplet(staged, node, workplace)
    const sizes = measureDroplet(made)
    note(describeSizes(sizes))
    requireDisk(sizes, plan.processes)
    return made
  })
  return { plan, droplet, workplace }
}
