// Deliveries, and their roll-backs. delivery/platform.ts stands in for the cf CLI and the platform.

import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram, isMissing } from 'private-servers/requirements'
import { expect, test } from 'vitest'
import { APP, OLD, openPlatform, pasteIntoShell } from './delivery/platform.ts'

const withoutJq = isMissing(findProgram('jq'), 'To test what a dry run prints: apt-get install jq')
const tested = ['--tested', '--rehearsed']

/** The subcommands of cf and npm that change something. */
const changesOf = (calls: string[]) =>
  calls
    .filter((call) => /^cf (?!app |curl|service|space|version|api|auth|target)|^npm/.test(call))
    .map((call) => call.split(' ')[1])

test('a first delivery migrates, starts, and runs the journeys', async () => {
  await using platform = await openPlatform()

  const { error, printed } = await platform.deliver('staging', ...tested)

  expect(error).toBeUndefined()
  expect(platform.state('serving')).toBe(`1.1.0 ${platform.commit}`)
  expect(printed).toContain(`serves 1.1.0 (${platform.commit})`)
  expect(changesOf(platform.calls())).toEqual([
    'apply-manifest',
    'create-package',
    'stage-package',
    'set-droplet',
    'run-task',
    'start',
    'run',
  ])
})

test('a running version is replaced after the new droplet has run its migrations', async () => {
  await using platform = await openPlatform({ running: true })

  const { error } = await platform.deliver('staging', ...tested, '--max-in-flight', '2')

  const calls = platform.calls()
  const from = calls.findIndex((call) => call.startsWith('cf set-droplet'))
  expect(error).toBeUndefined()
  expect(platform.state('serving')).toBe(`1.1.0 ${platform.commit}`)
  expect(calls.slice(from)).toEqual([
    `cf set-droplet ${APP} droplet-new`,
    `cf run-task ${APP} --command exec node src/main.ts migrate --name migrate -m 256M --wait`,
    `cf restart ${APP} --strategy rolling --max-in-flight 2`,
    'npm run e2e',
  ])
})

test('a canary is verified before the other instances are replaced', async () => {
  await using platform = await openPlatform({ running: true })

  const { error, printed } = await platform.deliver('staging', ...tested, '--strategy', 'canary')

  expect(error).toBeUndefined()
  expect(printed).toContain('canary.ts "$CANARY" npm run e2e')
  expect(changesOf(platform.calls()).slice(-4)).toEqual(['restart', 'run', 'continue-deployment', 'run'])
  expect(platform.state('serving')).toBe(`1.1.0 ${platform.commit}`)
})

test('a canary that fails is cancelled before the other instances are replaced', async () => {
  await using platform = await openPlatform({ running: true, broken: ['1.1.0'] })

  const { error } = await platform.deliver('staging', ...tested, '--strategy', 'canary')

  expect(error).toContain('It was rolled back. Revision 7 serves')
  expect(changesOf(platform.calls()).slice(-5)).toEqual(['restart', 'run', 'cancel-deployment', 'rollback', 'run'])
  expect(platform.state('serving')).toBe(OLD)
})

test('where the migration fails, the new version does not serve, and a restart would start the old one', async () => {
  await using platform = await openPlatform({ running: true, failing: ['run-task'] })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toMatch(/^This failed: cf run-task .*\nThe new version has not served\./)
  expect(changesOf(platform.calls())).not.toContain('restart')
  expect(platform.calls()).toContain(`cf logs ${APP} --recent`)
  expect(platform.state('serving')).toBe(OLD)
  expect(platform.state('droplet')).toBe('droplet-old')
  expect(`${platform.state('version')} ${platform.state('commit')}`).toBe(OLD)
})

test('where staging fails, the package is deleted, so that a restart does not stage it', async () => {
  await using platform = await openPlatform({ running: true, failing: ['stage-package'] })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toContain('The new version has not served.')
  expect(platform.calls()).toContain('cf curl --fail -X DELETE /v3/packages/package-new')
  expect(platform.state('droplet')).toBe('droplet-old')
})

test('a repair that fails does not keep the others from being tried', async () => {
  await using platform = await openPlatform({ running: true, failing: ['run-task', 'set-env'] })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toMatch(/The repair failed as well\. This failed: cf set-env .*VERSION.*; cf set-env .*COMMIT/)
  expect(platform.state('droplet')).toBe('droplet-old')
})

test('where it is unknown whether a version is running, nothing is changed', async () => {
  await using platform = await openPlatform({ running: true, failing: ['curl'] })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toMatch(/^This failed: APP_GUID=.*cf curl/)
  expect(changesOf(platform.calls())).toEqual([])
  expect(platform.state('state')).toBe('STARTED')
})

test('if the first migration fails, nothing is started', async () => {
  await using platform = await openPlatform({ failing: ['run-task'] })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toContain('Nothing was started.')
  expect(platform.state('state')).toBe('STOPPED')
})

test('where the journeys fail, the old version is restored and verified', async () => {
  await using platform = await openPlatform({ running: true, broken: ['1.1.0'] })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toMatch(/^This failed: .*npm run e2e\nIt was rolled back\. Revision 7 serves/)
  expect(platform.calls().slice(-3)).toEqual(['npm run e2e', `cf rollback ${APP} --version 7 -f`, 'npm run e2e'])
  expect(platform.state('serving')).toBe(OLD)
})

test('where the old version keeps answering, the delivery has failed', async () => {
  await using platform = await openPlatform({ running: true, state: { stuck: 'yes' } })

  const { error, printed } = await platform.deliver('staging', ...tested, '--patience', '1')

  expect(error).toContain('It was rolled back.')
  expect(printed).toContain(`should answer 1.1.0 ${platform.commit}, and its last answer is ${OLD}.`)
})

test('if instances of the new version do not start, their deployment is cancelled first', async () => {
  await using platform = await openPlatform({ running: true, failing: ['restart'] })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toContain('This failed: cf restart')
  expect(changesOf(platform.calls()).slice(-4)).toEqual(['restart', 'cancel-deployment', 'rollback', 'run'])
})

test('where the old version fails the new journeys, the message says that it serves all the same', async () => {
  await using platform = await openPlatform({ running: true, broken: ['1.1.0', '1.0.0'] })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toContain('Revision 7 serves, but not all journeys pass.')
  expect(platform.state('serving')).toBe(OLD)
})

test('a first version that fails its journeys is stopped', async () => {
  await using platform = await openPlatform({ broken: ['1.1.0'] })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toContain('There is no version to roll back to, so the app was stopped.')
  expect(platform.state('state')).toBe('STOPPED')
})

test('where there is nothing to roll back yet, droplet and variables are restored', async () => {
  await using platform = await openPlatform({ running: true, failing: ['restart', 'rollback'] })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toContain('There was nothing to roll back. Revision 7 serves, and passes the journeys.')
  expect(platform.state('droplet')).toBe('droplet-old')
  expect(`${platform.state('version')} ${platform.state('commit')}`).toBe(OLD)
})

test('where the roll-back fails as well, the message says to look at the app at once', async () => {
  const state = { serving: '9.9.9 nobody-knows' }
  await using platform = await openPlatform({ running: true, failing: ['restart', 'rollback'], state })

  const { error } = await platform.deliver('staging', ...tested, '--patience', '1')

  expect(error).toMatch(/The repair failed as well\. This failed: .*verify\.ts/)
})

test('an app without revisions is refused, because it could not be rolled back', async () => {
  await using platform = await openPlatform({ running: true, state: { revision: 'null' } })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toMatch(/no revision to roll back to.*\n.*cf curl -X PATCH \/v3\/apps\/guid-1\/features\/revisions/)
  expect(changesOf(platform.calls())).toEqual([])
})

test('an older cf CLI is refused before it signs in', async () => {
  await using platform = await openPlatform({ state: { cli: '7.8.0+a12b34c' } })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toBe('The cf CLI has to be 8.8 or later. It says "cf version 7.8.0+a12b34c".')
  expect(platform.calls()).toEqual(['cf version'])
})

test('all missing variables are named at once, and nothing is run', async () => {
  await using platform = await openPlatform()
  const { CF_ORG, CF_SPACE, CF_PASSWORD, ...env } = platform.env
  const script = join(import.meta.dirname, '../scripts/deliver.ts')

  const ended = await promisify(execFile)(process.execPath, [script, 'staging'], { env }).catch((error) => error)

  expect(ended.code).toBe(1)
  expect(ended.stderr).toMatch(/Missing: CF_ORG, CF_SPACE, CF_PASSWORD\./)
  expect(platform.calls()).toEqual([])
})

test('the password is passed to cf auth only, and is never printed', async () => {
  await using platform = await openPlatform({ running: true })

  const { printed } = await platform.deliver('staging', ...tested)

  expect(platform.trusted()).toEqual(['cf auth'])
  expect(printed + platform.calls()).not.toContain('hunter2-secret')
})

test('a client signs in with its own credentials', async () => {
  await using platform = await openPlatform()
  Object.assign(platform.env, { CF_CLIENT_ID: 'pipeline', CF_CLIENT_SECRET: 'secret-of-it' })

  const { printed, error } = await platform.deliver('staging', ...tested)

  expect(error).toBeUndefined()
  expect(platform.trusted()).toEqual(['cf auth --client-credentials'])
  expect(printed).toContain('CF_PASSWORD="$CF_CLIENT_SECRET" cf auth')
  expect(printed).not.toContain('secret-of-it')
})

test('a work tree with changes is not delivered', async () => {
  await using platform = await openPlatform()
  writeFileSync(join(platform.root, 'left.txt'), 'left over')

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toContain('The work tree has changes.')
  expect(platform.calls()).toEqual([])
})

test('production accepts only a commit with the tag of its version', async () => {
  await using platform = await openPlatform()

  const untagged = await platform.deliver('production', ...tested)
  platform.git('tag', 'v1.1.0')
  const tagged = await platform.deliver('production', ...tested)

  expect(untagged.error).toContain('HEAD has no tag v1.1.0')
  expect(tagged.error).toBeUndefined()
})

test('checks, tests and rehearsal run first, unless the options say that they have been run', async () => {
  await using platform = await openPlatform()

  await platform.deliver('staging')

  expect(platform.calls().slice(0, 3)).toEqual([
    'npm run check',
    'npm run test:all',
    expect.stringMatching(
      /^npm run --if-present rehearse -- --manifest deploy\/manifest.yml --vars-file deploy\/staging/,
    ),
  ])
})

test('missing services are named with the commands that create them', async () => {
  await using platform = await openPlatform({ services: [`${APP}-cache`] })

  const { error } = await platform.deliver('staging', ...tested)

  expect(error).toContain(`"${APP}-database" --wait`)
  expect(error).not.toContain(`"${APP}-cache"`)
  expect(changesOf(platform.calls())).toEqual([])
})

test('missing services are created with --create-services', async () => {
  await using platform = await openPlatform({ services: [`${APP}-cache`] })

  const { error } = await platform.deliver('staging', ...tested, '--create-services')

  const created = platform.calls().filter((call) => call.startsWith('cf create-service'))
  expect(error).toBeUndefined()
  expect(created).toEqual([`cf create-service postgresql small ${APP}-database --wait`])
})

test('a dry run needs no credentials and runs nothing', async () => {
  await using platform = await openPlatform()
  for (const name of Object.keys(platform.env)) if (name.startsWith('CF_')) delete platform.env[name]

  const { error, printed } = await platform.deliver('production', '--dry-run')

  expect(error).toBeUndefined()
  expect(platform.calls()).toEqual([])
  expect(printed).toContain('cf target -o "$CF_ORG" -s "$CF_SPACE"')
})

test('a dry run verifies a canary at each of its steps', async () => {
  await using platform = await openPlatform()

  const canary = ['--strategy', 'canary', '--instance-steps', '20,50,80']
  const { printed } = await platform.deliver('staging', '--dry-run', ...canary)

  expect(printed.match(/^cf continue-deployment/gm)).toHaveLength(3)
})

test.skipIf(withoutJq).each([
  ['rolling', ['--strategy', 'rolling'], true],
  ['canary', ['--strategy', 'canary', '--create-services'], true],
  ['first', ['--create-services'], false],
])('the output of a dry run does the same when it is pasted into a shell: %s', async (...row) => {
  const [name, options, running] = row
  await using real = await openPlatform({ running })
  await using pasted = await openPlatform({ running })

  await real.deliver('staging', ...options)
  const first = name === 'first' ? ['--first'] : []
  const { printed } = await pasted.deliver('staging', '--dry-run', ...options, ...first)
  await pasteIntoShell(pasted, printed)

  const comparable = (calls: string[]) =>
    calls.map((call) => call.replace(/\S+\/release\.zip/, 'release.zip').replace(/"[0-9a-f]{12}"/, 'commit'))
  expect(comparable(pasted.calls())).toEqual(comparable(real.calls()))
  expect(pasted.state('serving')).toBe(`1.1.0 ${pasted.commit}`)
})
