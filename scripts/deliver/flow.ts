// The steps of a delivery in their order, and what is done where one fails.

import { lineOf, shell } from './command.ts'
import type { Runner } from './runner.ts'
import type { Steps } from './steps.ts'
import type { Delivery } from './target.ts'

/** @throws {Error} with what failed, and which version serves now */
export async function deliver(delivery: Delivery, steps: Steps, runner: Runner): Promise<void> {
  const { run, announce } = runner
  await check(delivery, steps, runner)

  announce(`Signing in, and reading the state of ${delivery.app} and its services.`)
  await requireCli(steps, runner)
  for (const command of steps.signIn) await run(command)
  await provideServices(delivery, runner)
  const running = await readRunning(steps, runner)

  try {
    await prepare(delivery, steps, runner)
  } catch (error) {
    throw await withOutcome(error, () => (running ? restoreApp(steps, runner) : leaveStopped(delivery)))
  }

  const replacing = { inFlight: running }
  try {
    await (running ? replace(delivery, steps, runner) : startFirst(steps, runner))
    replacing.inFlight = false
    announce(`Verifying that ${delivery.url} serves ${delivery.version}, and running the journeys.`)
    for (const command of steps.verifyNew) await run(command)
  } catch (error) {
    throw await withOutcome(error, () => (running ? rollBack(replacing, steps, runner) : stop(steps, runner)))
  }
  announce(`Delivered: ${delivery.url} serves ${delivery.version} (${delivery.commit}).`)
}

async function check(delivery: Delivery, steps: Steps, { run, succeeds, announce }: Runner) {
  announce(`Checking that ${delivery.version} (${delivery.commit}) may be delivered to ${delivery.target}.`)
  if (!(await succeeds(steps.isClean))) {
    throw new Error('The work tree has changes. Commit or stash them: only commits are delivered.')
  }
  if (delivery.target === 'production' && !(await succeeds(steps.isTagged))) {
    const tag = `v${delivery.version}`
    throw new Error(`Only versions are delivered to production, and HEAD has no tag ${tag}. "npm version" creates one.`)
  }
  if (!delivery.tested) for (const command of steps.tests) await run(command)
  if (!delivery.rehearsed) await run(steps.rehearsal)
}

/** The first releases of version 8 have no canaries, no `--max-in-flight` and no `--wait` for tasks. */
async function requireCli(steps: Steps, { run, captured }: Runner) {
  await run(steps.cliVersion)
  const version = captured('CF_VERSION')
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
  throw new Error(`${app} lacks services. Use --create-services, or run:\n  ${missing.join('\n  ')}`)
}

/** @returns whether a version serves already */
async function readRunning(steps: Steps, { run, captured }: Runner): Promise<boolean> {
  for (const command of steps.findApp) await run(command)
  if (captured('APP_GUID') === '') return false
  await run(steps.readApp)
  if (captured('APP_STATE') !== 'STARTED') return false
  for (const command of steps.readRunning) await run(command)
  if (captured('REVISION') && captured('OLD_DROPLET')) return true
  throw new Error(
    'There is no revision to roll back to. Turn revisions on, and restart the app once:\n' +
      `  cf curl -X PATCH /v3/apps/${captured('APP_GUID')}/features/revisions -d '{"enabled": true}'`,
  )
}

/** Everything that has to be done before the first request reaches the new version. */
async function prepare({ version }: Delivery, steps: Steps, { run, succeeds, announce }: Runner) {
  announce(`Staging ${version}, and running its migrations. It does not serve yet.`)
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

async function startFirst(steps: Steps, { run, announce }: Runner) {
  announce('Starting the app: no version serves that it could replace.')
  await run(steps.start)
}

async function replace({ strategy, version }: Delivery, steps: Steps, { run, announce, captured }: Runner) {
  announce(`Replacing the instances by those of ${version}.`)
  await run(steps.replace)
  if (strategy === 'rolling') return
  for (;;) {
    await run(steps.readDeployment)
    if (captured('DEPLOYMENT') !== 'PAUSED') return
    await run(steps.readCanary)
    for (const command of steps.verifyCanary) await run(command)
    await run(steps.continueDeployment)
  }
}

/** Restores droplet and variables as well, so that any restart starts the old version. */
export async function restoreApp(steps: Steps, runner: Runner): Promise<string> {
  runner.announce('Restoring the app, so that a restart does not start the new version.')
  await restoreState(steps, runner)
  return 'The new version has not served. The old one never stopped serving.'
}

/** Every repair is tried, even if an earlier one fails. The droplet, which a restart would run, comes first. */
async function restoreState(steps: Steps, { succeeds, captured }: Runner) {
  const isUnstaged = captured('NEW_PACKAGE') !== '' && captured('NEW_DROPLET') === ''
  const repairs = [
    steps.takeOldDroplet,
    ...(isUnstaged ? [steps.deletePackage] : []),
    steps.restoreVariable('VERSION', captured('OLD_VERSION') !== ''),
    steps.restoreVariable('COMMIT', captured('OLD_COMMIT') !== ''),
  ]
  const failed: string[] = []
  for (const command of repairs) if (!(await succeeds(command))) failed.push(lineOf(command))
  if (failed.length > 0) throw new Error(`This failed: ${failed.join('; ')}`)
}

export async function rollBack({ inFlight }: { inFlight: boolean }, steps: Steps, runner: Runner): Promise<string> {
  const { run, succeeds, announce, captured } = runner
  announce(`Rolling back to revision ${captured('REVISION')}.`)
  // Cancelling takes new instances out of the routes fastest; only the roll-back restores the environment.
  if (inFlight) await succeeds(steps.cancel)
  // The platform refuses where nothing differs from the revision yet, as when the deployment has not begun.
  const isRolledBack = await succeeds(steps.rollBack)
  if (!isRolledBack) await restoreState(steps, runner)
  const [release, journeys] = steps.verifyOld
  await run(release)
  const how = isRolledBack ? 'It was rolled back.' : 'There was nothing to roll back.'
  const serves = `${how} Revision ${captured('REVISION')} serves`
  if (await succeeds(journeys)) return `${serves}, and passes the journeys.`
  return `${serves}, but not all journeys pass. They are those of the new version, so the failures may be tests of new features.`
}

async function stop(steps: Steps, { run, announce }: Runner): Promise<string> {
  announce('Stopping the app: there is no version to roll back to.')
  await run(steps.stop)
  return 'There is no version to roll back to, so the app was stopped.'
}

async function leaveStopped({ app }: Delivery): Promise<string> {
  return `Nothing was started. ${app} exists, and no version of it serves.`
}

/** The error together with the state that the app was left in. */
async function withOutcome(error: unknown, repair: () => Promise<string>): Promise<Error> {
  const { message } = error as Error
  try {
    return new Error(`${message}\n${await repair()}`, { cause: error })
  } catch (failure) {
    const advice = 'Look at the app at once: cf app, cf revisions, cf logs --recent.'
    return new Error(`${message}\nThe repair failed as well. ${(failure as Error).message}\n${advice}`, {
      cause: error,
    })
  }
}
