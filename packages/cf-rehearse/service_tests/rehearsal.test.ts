// Rehearses a plain Express application, and copies of it that are broken in the ways in which a push fails. Each has
// to fail at the right step and for the right reason. All copies share the packages of the first rehearsal.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { isMissing } from 'private-servers/requirements'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMemoryGroup } from '../src/container/memory-group.ts'
import { openNetwork } from '../src/container/network.ts'
import type { Report } from '../src/report/reporter.ts'

const program = join(import.meta.dirname, '../bin/cf-rehearse.ts')
const fixture = join(import.meta.dirname, '../tests/fixtures/express-app')
const scratch = mkdtempSync(join(tmpdir(), 'rehearse-test-'))
const isRoot = process.getuid?.() === 0
const network = isRoot ? openNetwork() : undefined
network?.[Symbol.dispose]()
const memory = isRoot ? openMemoryGroup(`rehearse-test-${process.pid}`, 64) : undefined
memory?.[Symbol.dispose]()
const isComplete = network !== undefined && memory !== undefined
// Without root, a rehearsal leaves steps out by design.
if (isRoot) isMissing(isComplete, 'Rehearsing needs network namespaces (apt-get install iproute2) and control groups.')

/** The fixture has no lock file, which would become outdated. */
let lock = ''

beforeAll(async () => {
  chmodSync(scratch, 0o755) // The unprivileged user of the rehearsal has to read it.
  const first = copyApp('first')
  const args = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
  execFileSync('npm', args, { cwd: first.folder, env: environment() })
  lock = first.read('package-lock.json')
  const { report } = await rehearse(first, '--until', 'droplet')
  expect(report.reason).toBeUndefined()
})

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('a plain Express application is green in all steps', async () => {
  const app = copyApp('plain')
  mkdirSync(join(app.folder, 'node_modules')) // As after "npm install". Its journeys need no package.

  const { report, output } = await rehearse(app)

  expect(report.reason).toBeUndefined()
  expect(output).toContain('Green')
  expect(report.steps.map(({ name }) => name)).toEqual([
    'files',
    'manifest',
    'node',
    'staging',
    'droplet',
    'start',
    'journeys',
    'log',
    'idle',
    'rolling',
    'stop',
    'last lines',
  ])
})

test('an Express application with the default keep-alive timeout is red', async () => {
  const app = copyApp('keep-alive')
  app.write('server.js', app.read('server.js').replace(/server.keepAliveTimeout = .*/, ''))

  const { report, output } = await rehearse(app)

  expect(output).toContain('Red')
  expect(report).toMatchObject({ failed: 'idle', fact: expect.stringContaining('90 s') })
  expect(report.remedy).toContain('keepAliveTimeout')
})

test('an Express application without a Procfile starts by the command of its manifest', async () => {
  const app = copyApp('command')
  rmSync(join(app.folder, 'Procfile'))
  app.write('manifest.yml', `${app.read('manifest.yml')}    command: exec node server.js\n`)

  const { report } = await rehearse(app, '--until', 'start')

  expect(report.reason).toBeUndefined()
})

test('an application that announces JSON logs and prints text is red', async () => {
  const app = copyApp('text-log')
  app.configure({ logs: 'json' })

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'log', reason: expect.stringContaining('not a JSON object') })
})

test('a start command that uses npm is a finding', async () => {
  const app = copyApp('npm')
  app.write('Procfile', 'web: npm start\n')

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'manifest', reason: expect.stringContaining('package manager') })
  expect(report.fact).toContain('SIGTERM')
})

test('a start command whose file is not uploaded is a finding', async () => {
  const app = copyApp('ignored')
  app.write('.cfignore', app.read('.cfignore').replace('!/server.js\n', ''))

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'manifest', reason: expect.stringContaining('server.js') })
})

test('a contract that is not uploaded is a finding', async () => {
  const app = copyApp('contract')
  app.write('openapi.yaml', 'paths: { /healthz: { get: {} } }\n')
  app.write('.cfignore', app.read('.cfignore').replace('!/openapi.yaml\n', ''))

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'files', reason: expect.stringContaining('openapi.yaml') })
})

test('a health endpoint that the contract does not describe is a finding', async () => {
  const app = copyApp('health')
  app.write('openapi.yaml', 'paths: { /health: { get: {} } }\n')

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'manifest', reason: expect.stringContaining('/healthz') })
})

test.each(['>=24 <25', '24.11.1', '^24.19.0'])('Node "%s" is a finding', async (range) => {
  const app = copyApp(`node-${range.replaceAll(/\W/g, '-')}`)
  app.write('package.json', app.read('package.json').replace('"node": "24.x"', `"node": "${range}"`))

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'node', reason: expect.stringContaining(range) })
})

test('a stale lock file, which staging would rewrite, is a finding', async () => {
  const app = copyApp('lock')
  app.write('package.json', app.read('package.json').replace(/"express": ".*?"/, '"express": "^4.0.0"'))

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'staging', reason: expect.stringContaining('package-lock.json') })
})

test('a package in devDependencies that is imported at run time is a finding', async () => {
  const app = copyApp('development')
  app.write('server.js', `import 'semver'\n${app.read('server.js')}`)

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'start', reason: expect.stringContaining('"semver"') })
  expect(report.fact).toContain('devDependencies')
})

test('an application that listens on a fixed port is a finding', async () => {
  const app = copyApp('port')
  app.replaceMain(`createServer().listen(3456)`)
  app.setTimeout(2)

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'start', reason: expect.stringContaining('port 3456') })
  expect(report.remedy).toContain('PORT')
})

test('an application that listens on the loopback is a finding', async () => {
  const app = copyApp('loopback')
  app.replaceMain(`createServer((_, res) => res.end('ok')).listen(process.env.PORT, '127.0.0.1')`)
  app.setTimeout(2)

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'start', reason: expect.stringContaining('127.0.0.1') })
  expect(report.fact).toContain('loopback')
})

test('an application that starts too slowly is a finding', async () => {
  const app = copyApp('slow')
  app.replaceMain(`setTimeout(() => createServer((_, res) => res.end('ok')).listen(process.env.PORT), 60_000)`)
  app.setTimeout(3)

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'start', reason: expect.stringContaining('within 3 s') })
})

test('a worker that exits with code 0 after SIGTERM passes, even if it is replaced soon after its start', async () => {
  const app = copyApp('worker')
  app.addWorker(`process.on('SIGTERM', () => process.exit(0))
setInterval(() => {}, 1000)
console.log('{"message":"at work"}')`)

  const { report } = await rehearse(app, '--without', 'journeys,idle')

  expect(report.reason).toBeUndefined()
})

test('a worker that ends right after its start is a finding', async () => {
  const app = copyApp('short')
  app.addWorker(`console.log('{"message":"nothing to do"}')
setTimeout(() => {}, 200)`)

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'start', reason: expect.stringContaining('worker/0 ended by itself') })
})

test('a server that ends as soon as it is ready is a finding', async () => {
  const app = copyApp('brief')
  app.replaceMain(`let answers = 0
createServer((_, res) => res.end('ok', () => ++answers === 2 && process.exit(0))).listen(process.env.PORT)`)

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ ok: false, reason: expect.stringContaining('web/0 ended by itself') })
})

test.skipIf(!isComplete)('an application that exceeds the memory of the manifest is a finding', async () => {
  const app = copyApp('leak')
  app.replaceMain(`const kept = []
setInterval(() => kept.push(Buffer.alloc(8 * 1024 * 1024, 1)), 20)
createServer((_, res) => res.end('ok')).listen(process.env.PORT)`)

  const { report } = await rehearse(app, '--without', 'rolling')

  expect(report.reason).toContain('more than its 128 MB')
})

test('a log line that the platform would split is a finding', async () => {
  const app = copyApp('line')
  app.replaceMain(`console.log(JSON.stringify({ message: 'x'.repeat(70_000) }))
createServer((_, res) => res.end('ok')).listen(process.env.PORT)`)

  const { report } = await rehearse(app, '--without', 'journeys')

  expect(report).toMatchObject({ failed: 'log', reason: expect.stringContaining('bytes') })
})

test('an application that ignores SIGTERM is a finding after ten seconds', async () => {
  const app = copyApp('deaf')
  app.replaceMain(`process.on('SIGTERM', () => {})
createServer((_, res) => res.end('ok')).listen(process.env.PORT)`)

  const { report } = await rehearse(app, '--without', 'journeys,idle,rolling')

  expect(report).toMatchObject({ failed: 'stop', reason: expect.stringContaining('10 s after SIGTERM') })
})

test('an application that does not handle SIGTERM is a finding', async () => {
  const app = copyApp('abrupt')
  app.configure({ post: '/echo' })
  app.replaceMain(`createServer((_, res) => res.end('ok')).listen(process.env.PORT)`)

  const { report } = await rehearse(app, '--without', 'journeys,idle,rolling')

  expect(report).toMatchObject({ failed: 'stop', reason: expect.stringContaining('SIGTERM') })
})

test.each([
  ['stop', 'journeys,idle,rolling', 'Requests in flight at SIGTERM failed'],
  ['rolling', 'journeys,idle', 'in flight at SIGTERM'],
])(
  'an application that exits at SIGTERM and loses requests in flight is a finding of the step "%s"',
  async (failed, without, reason) => {
    const app = copyApp(`hasty-${failed}`)
    app.configure({ post: '/echo' })
    app.replaceMain(`process.on('SIGTERM', () => process.exit(0))
createServer((req, res) => req.resume().once('end', () => res.end('ok'))).listen(process.env.PORT)`)

    const { report } = await rehearse(app, '--without', without)

    expect(report).toMatchObject({ failed, reason: expect.stringContaining(reason) })
  },
)

test('a process that is left after the exit is a finding', async () => {
  const app = copyApp('left')
  app.replaceMain(`import { spawn } from 'node:child_process'
spawn('sleep', ['60'])
const end = () => process.exit(0)
${GRACEFUL}`)

  const { report } = await rehearse(app, '--without', 'journeys,idle,rolling')

  expect(report).toMatchObject({ failed: 'stop', reason: expect.stringContaining('1 of its processes did not') })
})

test('a last line that is cut off is a finding', async () => {
  const app = copyApp('cut')
  app.replaceMain(`import { writeSync } from 'node:fs'
const end = () => process.exit(writeSync(1, '{"message":"st') && 0)
${GRACEFUL}`)

  const { report } = await rehearse(app, '--without', 'journeys,idle,rolling')

  expect(report).toMatchObject({ failed: 'last lines', reason: expect.stringContaining('{"message":"st') })
})

test('staging installs by "npm install", as the buildpack does', async () => {
  const app = copyApp('install')
  const settings = JSON.parse(app.read('package.json'))
  settings.scripts.postinstall = 'echo "the command was $npm_command" && exit 1'
  app.write('package.json', JSON.stringify(settings))

  const { report } = await rehearse(app)

  expect(report).toMatchObject({ failed: 'staging', reason: expect.stringContaining('the command was install') })
})

test.skipIf(!isComplete)(
  'a process has no privileges and sees neither control groups nor files of this machine',
  async () => {
    const app = copyApp('inside')
    app.replaceMain(`import { existsSync, readdirSync, readFileSync } from 'node:fs'
const capabilities = /^CapEff:.*$/m.exec(readFileSync('/proc/self/status', 'utf8'))[0].replace(/\\s+/, ' ')
const files = ['/sys/fs/cgroup', '/tmp', '/root'].flatMap((folder) => readdirSync(folder))
const isHere = existsSync('${app.folder}/package.json')
console.log(JSON.stringify([process.getuid(), process.getgid(), process.getgroups(), capabilities, files, isHere]))
process.exit(3)`)

    const { report } = await rehearse(app)

    expect(report.reason).toContain('[2000,2000,[2000],"CapEff: 0000000000000000",[],false]')
  },
)

test.each([
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const)('%s, even twice, removes every process, network and folder', async (signal, expected) => {
  const app = copyApp(signal)
  const temporary = mkdtempSync(join(scratch, 'tmp-'))
  chmodSync(temporary, 0o755)
  const child = spawn(process.execPath, commandFor(app), {
    env: { ...environment(), TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  await new Promise<void>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line)
      if (/^ok +start/.test(line)) resolve()
    })
  })
  const left = () => networksOf(child.pid!)
  const before = left()

  const repeated = setInterval(() => child.kill(signal), 20)
  const [code] = await once(child, 'exit')
  clearInterval(repeated)

  expect(code).toBe(expected)
  expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([])
  expect(readdirSync(temporary)).toEqual([])
  expect(before.length).toBe(isComplete ? 2 : 0)
  expect(left()).toEqual([])
})

/** A server that completes all requests after SIGTERM, and then calls `end`. */
const GRACEFUL = `let stopping = false
process.on('SIGTERM', () => {
  stopping = true
  setTimeout(() => server.close(end), 1000)
})
const server = createServer((req, res) => req.resume().once('end', () => {
  res.shouldKeepAlive = !stopping
  res.end('ok')
})).listen(process.env.PORT)`

interface App {
  folder: string
  read(file: string): string
  write(file: string, text: string): void
  /** Adds settings to package.json. */
  configure(settings: object): void
  /** Runs these lines instead of the application. */
  replaceMain(lines: string): void
  /** Runs these lines in a second process, which has no health checks. */
  addWorker(lines: string): void
  /** The seconds that the application has to start. */
  setTimeout(seconds: number): void
}

function copyApp(name: string): App {
  const folder = join(scratch, name)
  cpSync(fixture, folder, { recursive: true })
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text)
  if (lock) write('package-lock.json', lock)

  return {
    folder,
    read,
    write,
    configure: (settings) =>
      write('package.json', JSON.stringify({ ...JSON.parse(read('package.json')), 'cf-rehearse': settings })),
    replaceMain: (lines) => write('server.js', `import { createServer } from 'node:http'\n${lines}\n`),
    addWorker(lines) {
      write('worker.js', `${lines}\n`)
      write('Procfile', `${read('Procfile')}worker: exec node worker.js\n`)
      write('.cfignore', `${read('.cfignore')}!/worker.js\n`)
      write('manifest.yml', `${read('manifest.yml')}${WORKER}`)
    },
    setTimeout: (seconds) => write('manifest.yml', read('manifest.yml').replace('timeout: 60', `timeout: ${seconds}`)),
  }
}

const WORKER = `    processes:
      - type: worker
        instances: 1
        memory: 64M
        health-check-type: process
`

async function rehearse(app: Pick<App, 'folder'>, ...args: string[]): Promise<{ report: Report; output: string }> {
  const file = join(mkdtempSync(join(scratch, 'report-')), 'report.json')
  const child = spawn(process.execPath, commandFor(app, '--report', file, ...args), {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = () => child.kill('SIGTERM')
  process.once('exit', kill)
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  process.off('exit', kill)

  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  expect(code, output + errors).toBe(report.ok ? 0 : 1)
  return { report, output }
}

const commandFor = ({ folder }: Pick<App, 'folder'>, ...args: string[]) => [
  program,
  ...['--from', folder, '--reuse', '--cache', join(scratch, 'cache'), ...args],
]

/**
 * Without the variables of Vitest, which would affect the journeys. Node would pass on where coverage is written, and
 * in a container nothing can be written there.
 */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|TMPDIR|npm_|.*_proxy|NODE_EXTRA_CA)/i.test(name),
  )
  return { ...Object.fromEntries(kept), NODE_V8_COVERAGE: '' }
}

/** The network namespaces of a rehearsal. */
function networksOf(id: number): string[] {
  return existsSync('/run/netns') ? readdirSync('/run/netns').filter((name) => name.startsWith(`rehearsal-${id}-`)) : []
}
