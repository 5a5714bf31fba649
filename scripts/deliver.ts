// `npm run deliver -- staging`: delivers a commit by the cf CLI, and rolls back where that fails. `--dry-run` prints
// the commands instead. docs/delivery.md describes each step.

import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runScript } from './command-line.ts'
import { deliver, restoreApp, rollBack } from './deliver/flow.ts'
import { commandLine, type Options, readOptions, readSignIn } from './deliver/options.ts'
import { createDryRunner, createRunner, type RunnerOptions } from './deliver/runner.ts'
import { createSteps, type Steps } from './deliver/steps.ts'
import { readCommit, readDelivery } from './deliver/target.ts'

export async function runDelivery(args: string[], options: RunnerOptions): Promise<void> {
  const { root, env, print } = options
  const given = readOptions(args)
  const delivery = readDelivery(root, readCommit(root), given)
  if (given.dryRun) {
    const steps = createSteps(delivery, { asClient: Boolean(env.CF_CLIENT_ID) })
    print('export CF_HOME="$(mktemp -d)"\n')
    await deliver(delivery, steps, createDryRunner(print, assumptions(given)))
    if (!given.first) await printRepairs(steps, print)
    return print('rm -rf "$CF_HOME"\n')
  }

  const steps = createSteps(delivery, readSignIn(env))
  // A login of its own, which neither touches the user's login nor stays behind.
  using home = mkdtempDisposableSync(join(tmpdir(), 'deliver-'))
  await deliver(delivery, steps, createRunner({ ...options, env: { ...env, CF_HOME: home.path } }))
}

/** What the platform is assumed to answer in a dry run. */
function assumptions({ first, instanceSteps = '1' }: Options): Record<string, string[]> {
  const known = { CF_VERSION: ['8.8'], APP_STATE: ['STARTED'], REVISION: ['$REVISION'], OLD_DROPLET: ['$OLD_DROPLET'] }
  const pauses = instanceSteps.split(',').map(() => 'PAUSED')
  return { ...known, DEPLOYMENT: [...pauses, 'DEPLOYED'], APP_GUID: first ? [] : ['$APP_GUID'] }
}

/** As comments, because they are needed only where something fails. */
async function printRepairs(steps: Steps, print: (text: string) => void) {
  const old = { OLD_VERSION: ['$OLD_VERSION'], OLD_COMMIT: ['$OLD_COMMIT'], REVISION: ['$REVISION', '$REVISION'] }
  const runner = createDryRunner((text) => print(`#   ${text.replace(/^# /, '')}`), old)
  print('# If it fails before the instances are replaced:\n')
  await restoreApp(steps, runner)
  print('# If it fails afterwards:\n')
  await rollBack({ inFlight: true }, steps, runner)
}

if (import.meta.main) {
  // At a terminal the command in the foreground gets Ctrl-C as well. It fails, and the delivery is repaired as usual.
  process.on('SIGINT', () => {})
  await runScript(commandLine, () =>
    runDelivery(process.argv.slice(2), {
      root: join(import.meta.dirname, '..'),
      env: process.env,
      print: (text) => void process.stdout.write(text),
    }),
  )
}
