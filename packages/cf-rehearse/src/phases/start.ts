// Phase 2: from a droplet to healthy processes behind the router. Steps "services", "migrate" and "start".

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cell, openCell } from '../container/cell.ts'
import type { Bindings } from '../container/environment.ts'
import { type Instance, type LaunchContext, launch } from '../container/launch.ts'
import type { Context } from '../context.ts'
import type { ProcessPlan } from '../manifest/push-plan.ts'
import { throwExit } from '../platform/exits.ts'
import { becomeHealthy, type Watch, watchHealth } from '../platform/health.ts'
import { openRouter, type Router } from '../platform/router.ts'
import { openServices } from '../platform/services.ts'
import type { Note } from '../report/reporter.ts'
import { type IdleConnection, openIdleConnection } from '../traffic/idle-connection.ts'
import type { Build } from './build.ts'

export interface Running {
  launching: LaunchContext
  router: Router
  web: Instance
  /** Processes of other types. */
  others: Instance[]
  /** All instances so far, those that have ended included. */
  launched: Instance[]
  watches: Watch[]
  idle: IdleConnection
}

export async function startProcesses(context: Context, { plan, droplet, workplace }: Build): Promise<Running> {
  const { options, settings, reporter, keep, step } = context
  const cell = keep(openCell(workplace, reporter))
  const bindings = await bindServices(context, plan.app.services, cell)
  const launched: Instance[] = []
  const track = (instance: Instance) => {
    launched.push(instance)
    return keep(instance)
  }
  const { from, fileBindings } = options
  const launching = { from, plan, droplet, cell, workplace, bindings, fileBindings, logs: settings.logs, track }
  const developmentPackages = readDevelopmentPackages(droplet.app)

  const task = plan.processes.find(({ type }) => type === settings.migrate)
  if (bindings && task) await step('migrate', (note) => migrate(task, note))
  const router = keep(await openRouter())
  const started = await step('start', start)
  router.add(started.web)
  return { launching, router, launched, ...started }

  async function migrate(task: ProcessPlan, note: Note) {
    const instance = track(await launch(task, launching, { isTask: true }))
    const exit = await instance.exited
    if (exit.code !== 0) await throwExit(instance, exit, developmentPackages)
    note('the task exited with code 0')
  }

  async function start(note: Note) {
    const wanted = plan.processes.filter(({ type, instances }) => instances > 0 || type === 'web')
    const [web, ...others] = await Promise.all([...wanted].sort(webFirst).map(startOne))
    if (plan.processes.some(({ instances }) => instances > 1)) {
      reporter.leaveOut('more than one instance of each process')
    }
    const watches = [web!, ...others].map((instance) => keep(watchHealth(instance)))
    const idle = keep(await during(watches, openIdleConnection(web!, plan.traffic.gets[0]!)))
    note(`healthy and ready at ${web!.address}:${web!.port}, with the probes of Diego`)
    return { web: web!, others, watches, idle }
  }

  async function startOne(process: ProcessPlan) {
    const instance = track(await launch(process, launching))
    await becomeHealthy(instance, developmentPackages)
    return instance
  }
}

/** Runs a part of the rehearsal, and fails as soon as an instance does. */
export function during<Result>(watches: Watch[], part: Promise<Result>): Promise<Result> {
  return watches.reduce((rest, watch) => watch.during(rest), part)
}

async function bindServices({ options, keep, step }: Context, services: Build['plan']['app']['services'], cell: Cell) {
  if (!services?.length) return undefined
  return step('services', async (note): Promise<Bindings> => {
    const bindings = await openServices(services, cell.gateway, keep)
    const names = Object.entries(bindings).flatMap(([label, bound]) => bound.map(({ name }) => `${name} (${label})`))
    note(`${names.join(', ')}, bound by ${options.fileBindings ? 'a file' : 'VCAP_SERVICES'}`)
    return bindings
  })
}

function readDevelopmentPackages(app: string): string[] {
  return Object.keys(JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')).devDependencies ?? {})
}

const webFirst = (one: ProcessPlan, other: ProcessPlan) => Number(other.type === 'web') - Number(one.type === 'web')
