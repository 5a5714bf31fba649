// The commands of a delivery, in their order. docs/decisions/delivery.md has the reasons for the order.

import { type Argument, type Command, cf, npm, query, shell } from './command.ts'
import { type Delivery, MANIFEST } from './target.ts'

const ARCHIVE = { text: '$CF_HOME/release.zip' }

export type Steps = ReturnType<typeof createSteps>

export function createSteps(delivery: Delivery, { asClient }: { asClient: boolean }) {
  const { app, version, commit, varsFile, url, patience } = delivery
  // In YAML's quotes, because a commit like 1234e5678901 would be read as a number.
  const variables = ['--vars-file', varsFile, '--var', `version=${version}`, '--var', `commit="${commit}"`]
  const verify = (at: Argument, release: Argument[]): [Command, Command] => [
    { program: 'node', args: ['scripts/deliver/verify.ts', ...release, patience], env: { BASE_URL: at } },
    { ...npm('run', 'e2e'), env: { BASE_URL: at } },
  ]

  return {
    isClean: shell('test -z "$(git status --porcelain)"'),
    isTagged: shell(`git tag --points-at HEAD | grep -qx 'v${version}'`),
    tests: [npm('run', 'check'), npm('run', 'test:all')],
    rehearsal: npm('run', '--if-present', 'rehearse', '--', '--manifest', MANIFEST, ...variables),

    cliVersion: { ...cf('version'), into: { name: 'CF_VERSION' } },
    signIn: [
      cf('api', { text: '$CF_API' }),
      asClient ? authAsClient : cf('auth'),
      cf('target', '-o', { text: '$CF_ORG' }, '-s', { text: '$CF_SPACE' }),
    ],

    // Not by "cf app", which fails in the same way if the app does not exist and if the platform does not answer.
    findApp: [
      { ...cf('space', { text: '$CF_SPACE' }, '--guid'), into: { name: 'SPACE_GUID' } },
      query('APP_GUID', `/v3/apps?names=${encodeURIComponent(app)}&space_guids=$SPACE_GUID`, '.resources[0].guid'),
    ],
    readApp: query('APP_STATE', '/v3/apps/$APP_GUID', '.state'),
    readRunning: [
      query('REVISION', '/v3/apps/$APP_GUID/revisions/deployed', '.resources[0].version'),
      query('OLD_DROPLET', '/v3/apps/$APP_GUID/droplets/current', '.guid'),
      query('OLD_VERSION', '/v3/apps/$APP_GUID/environment_variables', '.var.VERSION'),
      query('OLD_COMMIT', '/v3/apps/$APP_GUID/environment_variables', '.var.COMMIT'),
    ],

    configure: cf('apply-manifest', '-f', MANIFEST, ...variables),
    stage: [
      { program: 'git', args: ['archive', '--format=zip', '--output', ARCHIVE, 'HEAD'] },
      { ...cf('app', app, '--guid'), into: { name: 'APP_GUID' } },
      cf('create-package', app, '-p', ARCHIVE),
      query('NEW_PACKAGE', '/v3/packages?app_guids=$APP_GUID&order_by=-created_at&per_page=1', '.resources[0].guid'),
      cf('stage-package', app),
      query(
        'NEW_DROPLET',
        '/v3/apps/$APP_GUID/droplets?states=STAGED&order_by=-created_at&per_page=1',
        '.resources[0].guid',
      ),
    ],
    takeNewDroplet: cf('set-droplet', app, { text: '$NEW_DROPLET' }),
    migrate: cf('run-task', app, '--command', delivery.migrate, '--name', 'migrate', '-m', delivery.memory, '--wait'),
    recentLogs: cf('logs', app, '--recent'),
    takeOldDroplet: cf('set-droplet', app, { text: '$OLD_DROPLET' }),
    // Otherwise a restart would stage and run the newest package.
    deletePackage: cf('curl', '--fail', '-X', 'DELETE', { text: '/v3/packages/$NEW_PACKAGE' }),
    restoreVariable: (name: 'VERSION' | 'COMMIT', known: boolean) =>
      known ? cf('set-env', app, name, { text: `$OLD_${name}` }) : cf('unset-env', app, name),

    start: cf('start', app),
    stop: cf('stop', app),
    replace: cf('restart', app, '--strategy', delivery.strategy, ...replaceOptions(delivery)),
    readDeployment: query('DEPLOYMENT', latestDeployment, '.resources[0].status.reason'),
    readCanary: query('CANARY', latestDeployment, '.resources[0].new_processes[0].guid'),
    continueDeployment: cf('continue-deployment', app),
    cancel: cf('cancel-deployment', app),
    rollBack: cf('rollback', app, '--version', { text: '$REVISION' }, '-f'),

    verifyNew: verify(url, [version, commit]),
    verifyOld: verify(url, [{ text: '$OLD_VERSION' }, { text: '$OLD_COMMIT' }]),
    verifyCanary: verify(url, [version, commit]).map(throughCanary),
  }
}

const latestDeployment = '/v3/deployments?app_guids=$APP_GUID&order_by=-created_at&per_page=1'

/** `cf auth` reads the credentials of a client from the variables of a user. */
const authAsClient: Command = {
  ...cf('auth', '--client-credentials'),
  env: { CF_USERNAME: { text: '$CF_CLIENT_ID' }, CF_PASSWORD: { text: '$CF_CLIENT_SECRET' } },
}

function replaceOptions({ maxInFlight, instanceSteps }: Delivery): string[] {
  const inFlight = maxInFlight ? ['--max-in-flight', maxInFlight] : []
  return instanceSteps ? [...inFlight, '--instance-steps', instanceSteps] : inFlight
}

/** Its requests reach only the new instances. */
function throughCanary({ program, args, ...rest }: Command): Command {
  return { ...rest, program: 'node', args: ['scripts/deliver/canary.ts', { text: '$CANARY' }, program, ...args] }
}
