// A fake platform for the tests of deliveries: stand-ins for `cf` and `npm` that record their calls, and a server that
// answers as the version that would run. It is not the real CLI: the tests show which commands are run in which order,
// and what follows from their output.

import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { runDelivery } from '../../scripts/deliver.ts'
import { createProject } from '../../tests/scripts/project.ts'

const root = join(import.meta.dirname, '../..')

/** The name of the app, which does not depend on the name of the service. */
export const APP: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).name

export interface Platform extends AsyncDisposable {
  root: string
  env: NodeJS.ProcessEnv
  url: string
  commit: string
  /** Runs `npm run deliver`. */
  deliver(...args: string[]): Promise<{ printed: string; error: string | undefined }>
  /** The calls so far. */
  calls(): string[]
  /** The calls that had the password in their environment. */
  trusted(): string[]
  /** The state of the app by its parts: `serving`, `version`, `droplet`. */
  state(name: string): string | undefined
  git(...args: string[]): void
}

export interface PlatformOptions {
  /** Whether version 1.0.0 is running already. */
  running?: boolean
  /** The commands of cf that fail, by their first word. */
  failing?: string[]
  /** The versions against which the journeys fail. */
  broken?: string[]
  services?: string[]
  /** Other parts of the state of the app. */
  state?: Record<string, string>
}

export const OLD = '1.0.0 0123456789ab'

/** The state is a folder of small files. */
const cf = `#!/bin/sh
cd "$STAND_IN" || exit 1
echo "cf $*" >> calls
[ -z "$CF_PASSWORD$CF_CLIENT_SECRET" ] || echo "cf $*" >> trusted
if grep -qxF -- "$1" failing; then echo "FAILED: $1" >&2; exit 1; fi
serve() { echo "$(cat version) $(cat commit)" > serving; echo STARTED > state; rm -f canary; }
case "$*" in
  version) echo "cf version $(cat cli 2>/dev/null || echo 8.19.0)" ;;
  'service '*) grep -qxF -- "$2" services || exit 1 ;;
  create-service*) echo "$4" >> services ;;
  'app '*) [ -e state ] || exit 1; echo guid-1 ;;
  'space '*) echo space-1 ;;
  *v3/apps\\?names=*) if [ -e state ]; then echo '{"resources": [{"guid": "guid-1"}]}'; else echo '{"resources": []}'; fi ;;
  *v3/packages\\?*) echo '{"resources": [{"guid": "package-new"}]}' ;;
  *DELETE*) ;;
  *revisions/deployed) echo "{\\"resources\\": [{\\"version\\": $(cat revision)}]}" ;;
  *droplets/current) echo "{\\"guid\\": \\"$(cat droplet)\\"}" ;;
  *environment_variables) echo "{\\"var\\": {\\"VERSION\\": \\"$(cat version)\\", \\"COMMIT\\": \\"$(cat commit)\\"}}" ;;
  *droplets\\?*) echo '{"resources": [{"guid": "droplet-new"}]}' ;;
  *v3/deployments*)
    status="{\\"reason\\": \\"$(cat deployment)\\"}"
    echo "{\\"resources\\": [{\\"status\\": $status, \\"new_processes\\": [{\\"guid\\": \\"process-new\\"}]}]}" ;;
  curl*) echo "{\\"state\\": \\"$(cat state)\\"}" ;;
  apply-manifest*)
    [ -e state ] || echo STOPPED > state
    for word in "$@"; do
      case "$word" in
        version=*) echo "\${word#version=}" > version ;;
        commit=*) echo "\${word#commit=}" | tr -d '"' > commit ;;
      esac
    done ;;
  create-package*) [ -s "$4" ] || exit 1 ;;
  set-droplet*) echo "$3" > droplet ;;
  'set-env '*' VERSION '*) echo "$4" > version ;;
  'set-env '*' COMMIT '*) echo "$4" > commit ;;
  'restart '*' canary'*) echo "$(cat version) $(cat commit)" > canary; echo PAUSED > deployment ;;
  start*|restart*) [ -e stuck ] || serve ;;
  continue-deployment*) echo DEPLOYED > deployment; serve ;;
  cancel-deployment*) rm -f canary ;;
  rollback*) echo '${OLD}' > serving; rm -f canary ;;
  stop*) echo STOPPED > state; rm -f serving ;;
esac
`

/** The journeys are one request, which the server of the test answers. */
const npm = `#!/bin/sh
echo "npm $*" >> "$STAND_IN/calls"
[ "$*" = 'run e2e' ] || exit 0
exec node -e 'fetch(process.env.BASE_URL + "/journey").then(({ ok }) => process.exit(ok ? 0 : 1))'
`

export async function openPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const project = createProject({
    'package.json': JSON.stringify({ name: APP, version: '1.1.0', type: 'module' }),
    Procfile: 'web: exec node src/main.ts web\nmigrate: exec node src/main.ts migrate\n',
    '.gitignore': '/stand-in\n',
    ...standIns(options),
  })
  const git = (...args: string[]) => execFileSync('git', args, { cwd: project.root, env: quietEnv, encoding: 'utf8' })
  for (const folder of ['deploy', 'scripts/deliver']) {
    mkdirSync(join(project.root, dirname(folder)), { recursive: true })
    cpSync(join(root, folder), join(project.root, folder), { recursive: true })
  }
  for (const program of ['cf', 'npm']) chmodSync(join(project.root, 'stand-in', program), 0o755)
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '--message', 'Begin')

  const standIn = join(project.root, 'stand-in')
  const read = (name: string) =>
    existsSync(join(standIn, name)) ? readFileSync(join(standIn, name), 'utf8') : undefined
  const server = createServer((req, res) => {
    const release = releaseFor(req, read)
    const isBroken = req.url === '/journey' && options.broken?.includes(release?.split(' ')[0] ?? '')
    const [version, commit] = release?.split(' ') ?? []
    res.writeHead(!release || isBroken ? 503 : 200, { 'content-type': 'application/json' })
    res.end(JSON.stringify({ version, commit }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const path = [standIn, dirname(process.execPath), process.env.PATH].join(delimiter)
  const env: NodeJS.ProcessEnv = { ...quietEnv, ...signIn, PATH: path, STAND_IN: standIn }

  return {
    root: project.root,
    env,
    url,
    commit: git('rev-parse', '--short=12', 'HEAD').trim(),
    async deliver(...args) {
      const printed: string[] = []
      const print = (text: string) => void printed.push(text)
      const run = runDelivery(['--url', url, '--patience', '60', ...args], { root: project.root, env, print })
      const error = await run.then(() => undefined).catch(({ message }: Error) => message)
      return { printed: printed.join(''), error }
    },
    calls: () => linesOf(read('calls')),
    trusted: () => linesOf(read('trusted')),
    state: (name) => read(name)?.trim(),
    git,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
      project[Symbol.dispose]()
    },
  }
}

const signIn = {
  CF_API: 'https://api.example.com',
  CF_ORG: 'my-org',
  CF_SPACE: 'my-space',
  CF_USERNAME: 'deployer',
  CF_PASSWORD: 'hunter2-secret',
}

const identity = { GIT_AUTHOR_NAME: 'A Test', GIT_COMMITTER_NAME: 'A Test' }
const mail = { GIT_AUTHOR_EMAIL: 'test@example.com', GIT_COMMITTER_EMAIL: 'test@example.com' }

/** Without the settings of the user who runs the tests. */
const quietEnv: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(CF|GIT|npm)_/.test(name))),
  ...identity,
  ...mail,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}

function standIns({ running = false, failing = [], services, state = {} }: PlatformOptions): Record<string, string> {
  const [version = '', commit = ''] = OLD.split(' ')
  const before = { state: 'STARTED', revision: '7', droplet: 'droplet-old', version, commit, serving: OLD }
  const bound = services ?? [`${APP}-database`, `${APP}-cache`]
  const files = { cf, npm, failing: failing.join('\n'), services: bound.join('\n'), ...(running && before), ...state }
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`stand-in/${name}`, `${text}\n`]))
}

/** Routes by the header that chooses a process, as the platform's router does. */
function releaseFor({ headers }: IncomingMessage, read: (name: string) => string | undefined): string | undefined {
  const chosen = headers['x-cf-process-instance'] === 'process-new' ? 'canary' : 'serving'
  return read(chosen)?.trim()
}

const linesOf = (text = '') => text.split('\n').filter(Boolean)

/** Runs a script in a shell, as if it were pasted there. */
export async function pasteIntoShell({ root, env }: Platform, script: string): Promise<void> {
  const file = join(root, 'stand-in', 'pasted.sh')
  writeFileSync(file, script)
  await promisify(execFile)('bash', ['-e', file], { cwd: root, env, timeout: 120_000 })
}
