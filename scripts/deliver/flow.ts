// The story of a delivery: what is done in which order, and what is done where something fails.

import { lineOf, shell } from './command.ts'
import type { Runner } from './runner.ts'
import type { Steps } from './steps.ts'
import type { Delivery } from './target.ts'

/** @throws {Error} that tells what failed, and what serves now */
export async function deliver(delivery: Delivery, steps: Steps, runner: Runner): Promise<void> {
  const { run, tell } = runner
  await check(delivery, steps, runner)

  tell(`Signs in, and looks at what ${delivery.app} needs and what is there.`)
  await requireCli(steps, runner)
  for (const command of steps.signIn) await run(command)
  await provideServices(delivery, runner)
  const running = await lookAtRunning(steps, runner)

  try {
    await prepare(delivery, steps, runner)
  } catch (error) {
    throw await told(error, () => (running ? takeBack(steps, runner) : leaveStopped(delivery)))
  }

  const replacing = { inFlight: running }
  try {
    await (running ? replace(delivery, steps, runner) : startFirst(steps, runner))
    replacing.inFlight = false
    tell(`Asks ${delivery.url} whether ${delivery.version} serves there, and goes the journeys.`)
    for (const command of steps.verifyNew) await run(command)
  } catch (error) {
    throw await told(error, () => (running ? rollBack(replacing, steps, runner) : stop(steps, runner)))
  }
  tell(`Delivered: ${delivery.url} serves ${delivery.version} (${delivery.commit}).`)
}

async function check(delivery: Delivery, steps: Steps, { run, succeeds, tell }: Runner) {
  tell(`Checks that ${delivery.version} (${delivery.commit}) may go to ${delivery.target}.`)
  if (!(await succeeds(steps.isClean))) {
    throw new Error('The work tree has changes. What is delivered has to be a commit.')
  }
  if (delivery.target === 'production' && !(await succeeds(steps.isTagged))) {
    const tag = `v${delivery.version}`
    throw new Error(`Production takes versions only, and HEAD has no tag ${tag}. "npm version" makes one.`)
  }
  if (!delivery.tested) for (const command of steps.tests) await run(command)
  if (!delivery.rehearsed) await run(steps.rehearsal)
}

/** Canaries, `--max-in-flight` and tasks that are waited for are not in the first releases of version 8. */
async function requireCli(steps: Steps, { run, kept }: Runner) {
  await run(steps.cliVersion)
  const version = kept('CF_VERSION')
  const [major = 0, minor = 0] = version.match(/\d+/g)?.map(Number) ?? []
  if (major < 8 || (major === 8 && minor < 8))
    throw new Error(`The cf CLI has to be 8.8 or later. It says "${version}".`)
}

async function provideServices({ app, createServices, services }: Delivery, { run, succeeds }: Runner) {
  const missing: string[] = []
  for (const { name, create } of services) {
    const look = `cf service ${name}`
    if (createServices && create) await run(shell(`${look} || ${create}`))
    else if (!(await succeeds(shell(look)))) missing.push(create ?? `nothing in deploy/services.sh creates ${name}`)
  }
  if (missing.length === 0) return
  throw new Error(`${app} lacks services. Say --create-services, or run:\n  ${missing.join('\n  ')}`)
}

/** @returns whether there is a version that serves */
async function lookAtRunning(steps: Steps, { run, kept }: Runner): Promise<boolean> {
  for (const command of steps.findApp) await run(command)
  if (kept('APP_GUID') === '') return false
  await run(steps.readApp)
  if (kept('APP_STATE') !== 'STARTED') return false
  for (const command of steps.readRunning) await run(command)
  if (kept('REVISION') && kept('OLD_DROPLET')) return true
  throw new Error(
    'There is no revision to go back to. Turn revisions on, and restart the app once:\n' +
      `  cf curl -X PATCH /v3/apps/${kept('APP_GUID')}/features/revisions -d '{"enabled": true}'`,
  )
}

/** Everything that the new version needs before the first request reaches it. */
async function prepare({ version }: Delivery, steps: Steps, { run, succeeds, tell }: Runner) {
  tell(`Stages ${version}, and migrates with it, while nothing of it serves yet.`)
  await run(steps.configure)
  for (const command of steps.stage) await run(command)
  await run(steps.takeNewDroplet)
  try {
    await run(steps.migrate)
  } catch (error) {
    await succeeds(steps.recentLogs)
    throw error
  }
}

async function startFirst(steps: Steps, { run, tell }: Runner) {
  tell('Starts it: there is no version that it could replace.')
  await run(steps.start)
}

async function replace({ strategy, version }: Delivery, steps: Steps, { run, tell, kept }: Runner) {
  tell(`Replaces the instances by those of ${version}.`)
  await run(steps.replace)
  if (strategy === 'rolling') return
  for (;;) {
    await run(steps.readDeployment)
    if (kept('DEPLOYMENT') !== 'PAUSED') return
    await run(steps.readCanary)
    for (const command of steps.verifyCanary) await run(command)
    await run(steps.goOn)
  }
}

/** Makes the app what it was, on paper too: a restart by whomever must start the old version. */
export async function takeBack(steps: Steps, runner: Runner): Promise<string> {
  runner.tell('Takes back what would start the new version.')
  await putBack(steps, runner)
  return 'Nothing of the new version has served. The old one never stopped serving.'
}

/** One that fails keeps no other from being tried. What would run comes first. */
async function putBack(steps: Steps, { succeeds, kept }: Runner) {
  const isUnstaged = kept('NEW_PACKAGE') !== '' && kept('NEW_DROPLET') === ''
  const repairs = [
    steps.takeOldDroplet,
    ...(isUnstaged ? [steps.forgetPackage] : []),
    steps.tellOld('VERSION', kept('OLD_VERSION') !== ''),
    steps.tellOld('COMMIT', kept('OLD_COMMIT') !== ''),
  ]
  const failed: string[] = []
  for (const command of repairs) if (!(await succeeds(command))) failed.push(lineOf(command))
  if (failed.length > 0) throw new Error(`This failed: ${failed.join('; ')}`)
}

export async function rollBack({ inFlight }: { inFlight: boolean }, steps: Steps, runner: Runner): Promise<string> {
  const { run, succeeds, tell, kept } = runner
  tell(`Goes back to revision ${kept('REVISION')}.`)
  // It is the fastest way to have new instances out of the routes; only going back restores the environment.
  if (inFlight) await succeeds(steps.cancel)
  // It is refused where nothing differs from the revision yet, as when the deployment was never begun.
  const isBack = await succeeds(steps.rollBack)
  if (!isBack) await putBack(steps, runner)
  const [release, journeys] = steps.verifyOld
  await run(release)
  const how = isBack ? 'It was rolled back.' : 'There was nothing to roll back.'
  const serves = `${how} Revision ${kept('REVISION')} serves`
  if (await succeeds(journeys)) return `${serves}, and passes the journeys.`
  return `${serves}, but not all journeys pass against it. They are those of the new version: see which ones fail.`
}

async function stop(steps: Steps, { run, tell }: Runner): Promise<string> {
  tell('Stops it: there is no version to go back to.')
  await run(steps.stop)
  return 'There is no version to go back to, so that it was stopped.'
}

async function leaveStopped({ app }: Delivery): Promise<string> {
  return `Nothing was started. ${app} is there, without a version that serves.`
}

/** The error with what became of the app. */
async function told(error: unknown, repair: () => Promise<string>): Promise<Error> {
  const { message } = error as Error
  try {
    return new Error(`${message}\n${await repair()}`, { cause: error })
  } catch (failure) {
    const advice = 'Look at once: cf app, cf revisions, cf logs --recent.'
    return new Error(`${message}\nRepairing that failed, too. ${(failure as Error).message}\n${advice}`, {
      cause: error,
    })
  }
}
