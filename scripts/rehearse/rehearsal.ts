// A rehearsal from the first step to the last, in the order in which the platform does it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cell, openCell } from './cell.ts'
import { makeDroplet } from './droplet.ts'
import type { Bindings } from './environment.ts'
import { explainExit } from './exit-story.ts'
import { becomeHealthy, watchHealth } from './health.ts'
import { openIdleConnection } from './idle.ts'
import { demandNoFailures, makeJourneys } from './journeys.ts'
import { type Instance, launch } from './launch.ts'
import { checkLogs } from './logs.ts'
import { getNode } from './node-runtime.ts'
import { findNpm } from './npm.ts'
import { type Options, type StepName, steps } from './options.ts'
import { type ProcessPlan, planPush } from './push-plan.ts'
import { refuse } from './refusal.ts'
import { replaceAll, rollOver } from './roll.ts'
import { openRouter } from './router.ts'
import { selectFiles } from './select-files.ts'
import { openServices } from './services.ts'
import { stage } from './stage.ts'
import { stopInstance } from './stop.ts'
import type { Act, Story } from './story.ts'
import { beginUpload, startTraffic } from './traffic.ts'
import { openWorkplace } from './workplace.ts'

/** Thrown where the user wanted no more. */
export const ENOUGH = new Error('enough')

/** @param open what has to be closed at the end, however it comes */
export async function rehearse(options: Options, story: Story, open: AsyncDisposableStack) {
  const keep = <Opened extends AsyncDisposable | Disposable>(opened: Opened) => keepOpen(opened, open)
  const lastStep = options.until === undefined ? steps.length : steps.indexOf(options.until)
  async function step<Result>(name: StepName, act: Act<Result>): Promise<Result> {
    if (steps.indexOf(name) > lastStep) throw ENOUGH
    const result = await story.step(name, act)
    if (steps.indexOf(name) === lastStep) throw ENOUGH
    return result
  }

  const selection = await step('files', (tell) => selectFiles(options.from, tell))
  const plan = await step('manifest', (tell) => planPush(selection, options, story, tell))
  const workplace = keep(openWorkplace(options.cache, story))
  const npm = findNpm()
  const node = await step('node', (tell) => getNode(selection, { workplace, npm, story, tell }))
  const staging = { selection, plan, node, npm, workplace, reuse: options.reuse }
  const staged = await step('staging', (tell) => stage({ ...staging, tell }))
  const droplet = await step('droplet', (tell) => {
    tell('packages moved to deps/0, the application to another folder')
    return makeDroplet(staged, node, workplace)
  })

  const cell = keep(openCell(workplace, story))
  const bindings = await bind(cell)
  const parts = {
    from: options.from,
    plan,
    droplet,
    cell,
    workplace,
    bindings,
    fileBindings: options.fileBindings,
    keep,
  }
  const development = Object.keys(
    JSON.parse(readFileSync(join(droplet.app, 'package.json'), 'utf8')).devDependencies ?? {},
  )
  const router = keep(await openRouter())
  const launched: Instance[] = []
  const track = (instance: Instance) => {
    launched.push(instance)
    return keep(instance)
  }
  parts.keep = track as typeof keep

  if (bindings) await migrate()
  const { web, others, watches, during, idle } = await step('start', start)
  router.add(web)

  await optional('journeys', async (tell) => {
    const made = await during(makeJourneys(options.from, router, { tell }))
    if (!made) story.leaveOut('the journeys: they need scripts/e2e.ts and node_modules')
    demandNoFailures(router)
  })
  await step('log', (tell) => checkLogs(launched, false, tell))
  await optional('idle', (tell) => during(idle.check(tell)))
  story.leaveOut(
    'time: probes come each second instead of each 30, the router’s window before SIGTERM is 1 s instead of 5',
  )

  for (const watch of watches) watch[Symbol.dispose]()
  let [last, rest] = [web, others]
  await optional('rolling', async (tell) => {
    last = await rollOver(web, router, parts, tell)
    rest = await replaceAll(others, parts)
    demandNoFailures(router)
  })
  await step('stop', (tell) => stop(last, rest, tell))
  await step('last lines', (tell) => checkLogs(launched, true, tell))

  async function bind(cell: Cell): Promise<Bindings | undefined> {
    const { services = [] } = plan.app
    if (services.length === 0) return undefined
    return step('services', async (tell) => {
      const bindings = await openServices(services, cell.gateway, keep)
      const names = Object.entries(bindings).flatMap(([label, bound]) => bound.map(({ name }) => `${name} (${label})`))
      tell(`${names.join(', ')}, bound by ${options.fileBindings ? 'a file' : 'VCAP_SERVICES'}`)
      return bindings
    })
  }

  async function migrate() {
    const task = plan.processes.find(({ type }) => type === 'migrate')
    if (!task) return
    await step('migrate', async (tell) => {
      const instance = track(await launch(task, parts, { isTask: true }))
      const exit = await instance.exited
      if (exit.code !== 0) await explainExit(instance, exit, development)
      tell('the task ended with 0')
    })
  }

  async function start(tell: (found: string) => void) {
    const wanted = plan.processes.filter(({ type, instances }) => instances > 0 || type === 'web')
    const [web, ...others] = await Promise.all([...wanted].sort(webFirst).map(launchOne))
    if (plan.processes.some(({ instances }) => instances > 1)) story.leaveOut('more than one instance of each process')
    const watches = [web!, ...others].map((instance) => keep(watchHealth(instance)))
    const during = <Result>(part: Promise<Result>) => watches.reduce((rest, watch) => watch.during(rest), part)
    const idle = keep(await during(openIdleConnection(web!, plan.traffic.gets[0]!)))
    tell(`healthy and ready at ${web!.address}:${web!.port}, probed like Diego does`)
    return { web: web!, others, watches, during, idle }
  }

  async function launchOne(process: ProcessPlan) {
    const instance = track(await launch(process, parts))
    await becomeHealthy(instance, development)
    return instance
  }

  async function optional(name: 'journeys' | 'idle' | 'rolling', act: Act<void>) {
    if (!options.without.includes(name)) return step(name, act)
    story.leaveOut(`the step "${name}", as you wished`)
  }

  async function stop(instance: Instance, others: Instance[], tell: (found: string) => void) {
    const { post } = plan.traffic
    const traffic = startTraffic(router.url, plan.traffic, { mayBeAlone: true })
    const upload = post ? await beginUpload(router, post) : undefined
    if (!upload) story.leaveOut('an upload in flight while the instance stops: the contract has no POST')
    const wrong: (string | undefined)[] = []
    const meanwhile = async () => wrong.push(await upload?.finish())
    const [seconds] = await Promise.all([
      stopInstance(instance, router, { meanwhile }).finally(traffic.stop),
      ...others.map((other) => stopInstance(other)),
    ])
    const { requests, failures } = await traffic.stop()
    demandAnswered([...failures, ...wrong.filter((each) => each !== undefined)])
    demandNoFailures(router)
    const peak = instance.peakMb()
    tell(
      `exit code 0 after ${seconds.toFixed(1)} s of 10, nobody left, ${requests} requests meanwhile${peak ? `; at most ${peak} MB of memory` : ''}`,
    )
  }
}

/** What comes to be open only after an interrupt has closed everything is closed at once. */
function keepOpen<Opened extends AsyncDisposable | Disposable>(opened: Opened, open: AsyncDisposableStack): Opened {
  if (!open.disposed) return open.use(opened)
  if (Symbol.dispose in opened) opened[Symbol.dispose]()
  else void opened[Symbol.asyncDispose]()
  throw new Error('The rehearsal was interrupted.')
}

const webFirst = (one: ProcessPlan, other: ProcessPlan) => Number(other.type === 'web') - Number(one.type === 'web')

function demandAnswered(failures: string[]) {
  if (failures.length === 0) return
  refuse(`Requests in flight at SIGTERM failed: ${failures.slice(0, 3).join('; ')}.`, {
    fact: 'between SIGTERM and the end there are ten seconds, in which what is in flight has to be answered.',
    remedy: 'After SIGTERM, close the listener, but let requests that have begun come to their end.',
  })
}
