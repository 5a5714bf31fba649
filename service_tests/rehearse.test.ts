// Breaks a copy of the project in the ways in which a push goes wrong, and looks whether the rehearsal says so, at the
// right step and for the right reason. All copies share the packages that were installed once.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { isMissing } from 'private-servers/requirements'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openMemoryGroup } from '../scripts/memory-group.ts'
import { openNetwork } from '../scripts/rehearse/network.ts'
import { selectFiles } from '../scripts/rehearse/select-files.ts'
import type { Report } from '../scripts/rehearse/story.ts'

const root = join(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'rehearse-test-'))
const isRoot = process.getuid?.() === 0
const network = isRoot ? openNetwork() : undefined
network?.[Symbol.dispose]()
const memory = isRoot ? openMemoryGroup(`rehearse-test-${process.pid}`, 64) : undefined
memory?.[Symbol.dispose]()
const isComplete = network !== undefined && memory !== undefined
// Without root, a rehearsal is meant to leave things out.
if (isRoot) isMissing(isComplete, 'Rehearsing needs network namespaces (apt-get install iproute2) and control groups.')

// Several tests run at a time, and a start may take long on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

beforeAll(async () => {
  chmodSync(scratch, 0o755) // Everything runs as a user without rights, who has to get here.
  const { report } = await rehearse(copyProject('first'), '--until', 'droplet')
  expect(report.reason).toBeUndefined()
}, 240_000)

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('what goes well here is green, from the selection of files to the last line of the log', async () => {
  const { report, output } = await rehearse({ folder: root })

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

test('a start through npm is refused', async () => {
  const project = copyProject('npm')
  project.write('Procfile', 'web: npm start\n')

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ failed: 'manifest', reason: expect.stringContaining('package manager') })
  expect(report.fact).toContain('SIGTERM')
})

test('a file that .cfignore keeps back is missed', async () => {
  const project = copyProject('ignored')
  project.write('.cfignore', project.read('.cfignore').replace('!/src\n', ''))

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ failed: 'manifest', reason: expect.stringContaining('src/main.ts') })
})

test('a contract that .cfignore keeps back is missed', async () => {
  const project = copyProject('contract')
  project.write('.cfignore', project.read('.cfignore').replace('!/openapi.yaml\n', ''))

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ failed: 'files', reason: expect.stringContaining('openapi.yaml') })
})

test('a health endpoint that the contract does not have is refused', async () => {
  const project = copyProject('health')
  project.write('manifest.yml', project.read('manifest.yml').replace('/health/live', '/healthz'))

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ failed: 'manifest', reason: expect.stringContaining('/healthz') })
})

test.each(['>=24 <25', '24.11.1', '^24.19.0'])('the buildpack refuses Node "%s"', async (range) => {
  const project = copyProject(`node-${range.replaceAll(/\W/g, '-')}`)
  project.write('package.json', project.read('package.json').replace('"node": "24.x"', `"node": "${range}"`))

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ failed: 'node', reason: expect.stringContaining(range) })
})

test('a stale lock file is refused, which staging would rewrite', async () => {
  const project = copyProject('lock')
  project.write('package.json', project.read('package.json').replace(/"pino": ".*?"/, '"pino": "^9.0.0"'))

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ failed: 'staging', reason: expect.stringContaining('package-lock.json') })
})

test('a package for development that is needed at run time is missed', async () => {
  const project = copyProject('development')
  project.write('src/main.ts', `import 'semver'\n${project.read('src/main.ts')}`)

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ failed: 'start', reason: expect.stringContaining('"semver"') })
  expect(report.fact).toContain('devDependencies')
})

test('a fixed port is not found', async () => {
  const project = copyProject('port')
  project.replaceMain(`createServer().listen(3456)`)
  project.setTimeout(2)

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ failed: 'start', reason: expect.stringContaining('port 3456') })
  expect(report.remedy).toContain('PORT')
})

test('who listens on the loopback is not found', async () => {
  const project = copyProject('loopback')
  project.replaceMain(`createServer((_, res) => res.end('ok')).listen(process.env.PORT, '127.0.0.1')`)
  project.setTimeout(2)

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ failed: 'start', reason: expect.stringContaining('127.0.0.1') })
  expect(report.fact).toContain('loopback')
})

test('who starts too slowly is given up', async () => {
  const project = copyProject('slow')
  project.replaceMain(`setTimeout(() => createServer((_, res) => res.end('ok')).listen(process.env.PORT), 60_000)`)
  project.setTimeout(3)

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ failed: 'start', reason: expect.stringContaining('within 3 s') })
})

test('a worker that ends with 0 by SIGTERM goes well, however soon it is replaced', async () => {
  const project = copyProject('worker')
  project.addWorker(`process.on('SIGTERM', () => process.exit(0))
setInterval(() => {}, 1000)
console.log('{"message":"at work"}')`)

  const { report } = await rehearse(project, '--without', 'journeys,idle')

  expect(report.reason).toBeUndefined()
})

test('a worker that ends right after its start is found', async () => {
  const project = copyProject('short')
  project.addWorker(`console.log('{"message":"nothing to do"}')
setTimeout(() => {}, 200)`)

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ failed: 'start', reason: expect.stringContaining('worker/0 ended by itself') })
})

test('a server that ends when it has just become ready is found, and reported', async () => {
  const project = copyProject('brief')
  project.replaceMain(`let answers = 0
createServer((_, res) => res.end('ok', () => ++answers === 2 && process.exit(0))).listen(process.env.PORT)`)

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ ok: false, reason: expect.stringContaining('web/0 ended by itself') })
})

test.skipIf(!isComplete)('who takes more memory than the manifest gives is killed', async () => {
  const project = copyProject('leak')
  project.replaceMain(`const kept = []
setInterval(() => kept.push(Buffer.alloc(8 * 1024 * 1024, 1)), 20)
createServer((_, res) => res.end('ok')).listen(process.env.PORT)`)

  const { report } = await rehearse(project, '--without', 'rolling')

  expect(report.reason).toContain('more than its 128 MB')
})

test('a line of the log that the platform would cut is found', async () => {
  const project = copyProject('line')
  project.replaceMain(`console.log(JSON.stringify({ message: 'x'.repeat(70_000) }))
createServer((_, res) => res.end('ok')).listen(process.env.PORT)`)

  const { report } = await rehearse(project, '--without', 'journeys')

  expect(report).toMatchObject({ failed: 'log', reason: expect.stringContaining('bytes') })
})

test('who closes idle connections before the router does is found', async () => {
  const project = copyProject('idle')
  project.replaceMain(`createServer((_, res) => res.end('ok')).listen(process.env.PORT)`)

  const { report } = await rehearse(project, '--without', 'journeys')

  expect(report).toMatchObject({ failed: 'idle', fact: expect.stringContaining('90 s') })
})

test('who does not listen to SIGTERM is killed after ten seconds', async () => {
  const project = copyProject('deaf')
  project.replaceMain(`process.on('SIGTERM', () => {})
createServer((_, res) => res.end('ok')).listen(process.env.PORT)`)

  const { report } = await rehearse(project, '--without', 'journeys,idle,rolling')

  expect(report).toMatchObject({ failed: 'stop', reason: expect.stringContaining('10 s after SIGTERM') })
})

test('who ends by SIGTERM at once loses what is in flight, and does not exit with 0', async () => {
  const project = copyProject('abrupt')
  project.replaceMain(`createServer((_, res) => res.end('ok')).listen(process.env.PORT)`)

  const { report } = await rehearse(project, '--without', 'journeys,idle,rolling')

  expect(report).toMatchObject({ failed: 'stop', reason: expect.stringContaining('SIGTERM') })
})

test.each([
  ['stop', 'journeys,idle,rolling', 'Requests in flight at SIGTERM failed'],
  ['rolling', 'journeys,idle', 'in flight at SIGTERM'],
])('who exits with 0 by SIGTERM at once loses what is in flight, at "%s"', async (failed, without, reason) => {
  const project = copyProject(`hasty-${failed}`)
  project.replaceMain(`process.on('SIGTERM', () => process.exit(0))
createServer((req, res) => req.resume().once('end', () => res.end('ok'))).listen(process.env.PORT)`)

  const { report } = await rehearse(project, '--without', without)

  expect(report).toMatchObject({ failed, reason: expect.stringContaining(reason) })
})

test('who leaves a process behind at its end is found', async () => {
  const project = copyProject('left')
  project.replaceMain(`import { spawn } from 'node:child_process'
spawn('sleep', ['60'])
const end = () => process.exit(0)
${GRACEFUL}`)

  const { report } = await rehearse(project, '--without', 'journeys,idle,rolling')

  expect(report).toMatchObject({ failed: 'stop', reason: expect.stringContaining('1 of its processes did not') })
})

test('a last line that is cut off is found', async () => {
  const project = copyProject('cut')
  project.replaceMain(`import { writeSync } from 'node:fs'
const end = () => process.exit(writeSync(1, '{"message":"st') && 0)
${GRACEFUL}`)

  const { report } = await rehearse(project, '--without', 'journeys,idle,rolling')

  expect(report).toMatchObject({ failed: 'last lines', reason: expect.stringContaining('{"message":"st') })
})

test('staging installs by "npm install", as the buildpack does', async () => {
  const project = copyProject('install')
  const settings = JSON.parse(project.read('package.json'))
  settings.scripts.postinstall = 'echo "the command was $npm_command" && exit 1'
  project.write('package.json', JSON.stringify(settings))

  const { report } = await rehearse(project)

  expect(report).toMatchObject({ failed: 'staging', reason: expect.stringContaining('the command was install') })
})

test.skipIf(!isComplete)(
  'a process has no rights, and sees nothing of the machine: no control groups, no files of this project',
  async () => {
    const project = copyProject('inside')
    project.replaceMain(`import { existsSync, readdirSync, readFileSync } from 'node:fs'
const capabilities = /^CapEff:.*$/m.exec(readFileSync('/proc/self/status', 'utf8'))[0].replace(/\\s+/, ' ')
const files = ['/sys/fs/cgroup', '/tmp', '/root'].flatMap((folder) => readdirSync(folder))
const isHere = existsSync('${project.folder}/package.json')
console.log(JSON.stringify([process.getuid(), process.getgid(), process.getgroups(), capabilities, files, isHere]))
process.exit(3)`)

    const { report } = await rehearse(project)

    expect(report.reason).toContain('[2000,2000,[2000],"CapEff: 0000000000000000",[],false]')
  },
)

test.each([
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const)('%s, even twice, leaves no process, no network and no folder behind', async (signal, expected) => {
  const project = copyProject(signal)
  const temporary = mkdtempSync(join(scratch, 'tmp-'))
  chmodSync(temporary, 0o755)
  const child = spawn(process.execPath, commandFor(project), {
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

/** A server that loses nothing after SIGTERM, and then calls `end`. */
const GRACEFUL = `let stopping = false
process.on('SIGTERM', () => {
  stopping = true
  setTimeout(() => server.close(end), 1000)
})
const server = createServer((req, res) => req.resume().once('end', () => {
  res.shouldKeepAlive = !stopping
  res.end('ok')
})).listen(process.env.PORT)`

interface Project {
  folder: string
  read(file: string): string
  write(file: string, text: string): void
  /** Runs these lines instead of the service. */
  replaceMain(lines: string): void
  /** Runs these lines beside the service, in a process that nobody asks whether it is well. */
  addWorker(lines: string): void
  /** How many seconds it has to start. */
  setTimeout(seconds: number): void
}

/** What would be uploaded, and what says so. */
function copyProject(name: string): Project {
  const folder = join(scratch, name)
  const files = [...selectFiles(root, () => {}).files, '.cfignore', 'manifest.yml']
  for (const file of files) cpSync(join(root, file), join(folder, file))
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text)

  return {
    folder,
    read,
    write,
    replaceMain: (lines) => write('src/main.ts', `import { createServer } from 'node:http'\n${lines}\n`),
    addWorker(lines) {
      write('src/worker.ts', `${lines}\n`)
      write('Procfile', `${read('Procfile')}worker: exec node src/worker.ts\n`)
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

async function rehearse(
  project: Pick<Project, 'folder'>,
  ...args: string[]
): Promise<{ report: Report; output: string }> {
  const file = join(mkdtempSync(join(scratch, 'report-')), 'report.json')
  const child = spawn(process.execPath, commandFor(project, '--report', file, ...args), {
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

const commandFor = ({ folder }: Pick<Project, 'folder'>, ...args: string[]) => [
  join(root, 'scripts/rehearse.ts'),
  ...['--from', folder, '--reuse', '--cache', join(scratch, 'cache'), ...args],
]

/**
 * Nothing of Vitest's, which would make the journeys believe that they run inside it. Node would pass on where coverage
 * is written, and in a container nobody may write there.
 */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|TMPDIR|npm_|.*_proxy|NODE_EXTRA_CA)/i.test(name),
  )
  return { ...Object.fromEntries(kept), NODE_V8_COVERAGE: '' }
}

/** The network namespaces that are named by a process. */
function networksOf(id: number): string[] {
  return existsSync('/run/netns') ? readdirSync('/run/netns').filter((name) => name.startsWith(`rehearsal-${id}-`)) : []
}
