// `npm run deliver -- staging`: from a commit to a deployment that serves it, by the cf CLI; and back, where it fails.
// `--dry-run` prints the commands instead. docs/delivery.md has the whole way.

import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runScript } from './command-line.ts'
import { deliver, rollBack, takeBack } from './deliver/flow.ts'
import { commandLine, type Options, readOptions, readSignIn } from './deliver/options.ts'
import { createDryRunner, createRunner, type RunnerOptions } from './deliver/runner.ts'
import { createSteps, type Steps } from './deliver/steps.ts'
import { readCommit, readDelivery } from './deliver/target.ts'

export async function runDelivery(args: string[], options: RunnerOptions): Promise<void> {
  const { root, env, print } = options
  const told = readOptions(args)
  const delivery = readDelivery(root, readCommit(root), told)
  if (told.dryRun) {
    const steps = createSteps(delivery, { asClient: Boolean(env.CF_CLIENT_ID) })
    print('export CF_HOME="$(mktemp -d)"\n')
    await deliver(delivery, steps, createDryRunner(print, assumptions(told)))
    if (!told.first) await printRepairs(steps, print)
    return print('rm -rf "$CF_HOME"\n')
  }

  const steps = createSteps(delivery, readSignIn(env))
  // A login of its own: it neither meets that of whoever runs this, nor stays behind.
  using home = mkdtempDisposableSync(join(tmpdir(), 'deliver-'))
  await deliver(delivery, steps, createRunner({ ...options, env: { ...env, CF_HOME: home.path } }))
}

/** What the platform is taken to answer where nobody asks it. */
function assumptions({ first, instanceSteps = '1' }: Options): Record<string, string[]> {
  const known = { CF_VERSION: ['8.8'], APP_STATE: ['STARTED'], REVISION: ['$REVISION'], OLD_DROPLET: ['$OLD_DROPLET'] }
  const pauses = instanceSteps.split(',').map(() => 'PAUSED')
  return { ...known, DEPLOYMENT: [...pauses, 'DEPLOYED'], APP_GUID: first ? [] : ['$APP_GUID'] }
}

/** As comments, for they are for the day on which something fails. */
async function printRepairs(steps: Steps, print: (text: string) => void) {
  const old = { OLD_VERSION: ['$OLD_VERSION'], OLD_COMMIT: ['$OLD_COMMIT'], REVISION: ['$REVISION', '$REVISION'] }
  const runner = createDryRunner((text) => print(`#   ${text.replace(/^# /, '')}`), old)
  print('# Where it fails before the instances are replaced:\n')
  await takeBack(steps, runner)
  print('# Where it fails afterwards:\n')
  await rollBack({ inFlight: true }, steps, runner)
}

if (import.meta.main) {
  // At a terminal the command in the foreground gets Ctrl-C as well. It fails, and what follows is repaired as usual.
  process.on('SIGINT', () => {})
  await runScript(commandLine, () =>
    runDelivery(process.argv.slice(2), {
      root: join(import.meta.dirname, '..'),
      env: process.env,
      print: (text) => void process.stdout.write(text),
    }),
  )
}
