// The parts of a delivery: arguments, commands as lines, and the files that it reads. service_tests/delivery.test.ts
// runs whole deliveries.

import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { cf, expand, lineOf, npm, pick, shell } from '../../scripts/deliver/command.ts'
import { readOptions } from '../../scripts/deliver/options.ts'
import { createRunner } from '../../scripts/deliver/runner.ts'
import { readDelivery } from '../../scripts/deliver/target.ts'
import { verifyRelease } from '../../scripts/deliver/verify.ts'

interface Application {
  name: string
  path?: string
  routes: { route: string }[]
  services?: { name: string; binding_name?: string }[]
  env: Record<string, unknown>
}

interface Workflow {
  jobs: Record<string, { needs?: string; steps: { run?: string; uses?: string; env?: Record<string, string> }[] }>
}

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const { name, scripts } = JSON.parse(read('package.json'))
const applicationsOf = (text: string) => (load(text) as { applications: Application[] }).applications

test.each([
  [cf('app', 'my-service'), 'cf app my-service'],
  [cf('api', { text: '$CF_API' }), 'cf api "$CF_API"'],
  [cf('cups', 'it', '-p', '{"a": "b"}'), `cf cups it -p '{"a": "b"}'`],
  [cf('run-task', 'it', '--command', "echo $((1+1)) 'a'"), `cf run-task it --command 'echo $((1+1)) '\\''a'\\'''`],
  [cf('target', { text: 'say "$NAME" `id`' }), 'cf target "say \\"$NAME\\" \\`id\\`"'],
  [{ ...npm('test'), env: { BASE_URL: 'https://example.com' } }, 'BASE_URL=https://example.com npm test'],
  [{ ...cf('curl', '/v3'), into: { name: 'A', path: '.b[0].c' } }, "A=$(cf curl /v3 | jq -r '.b[0].c // empty')"],
  [shell('test -z "$A"'), 'test -z "$A"'],
])('a command is printed as a line for the shell: %#', (command, line) => {
  expect(lineOf(command)).toBe(line)
})

test('variables are expanded only where a text says so', () => {
  const variables = { APP_GUID: 'guid-1' }

  expect(expand({ text: '/v3/apps/$APP_GUID' }, variables)).toBe('/v3/apps/guid-1')
  expect(expand('$APP_GUID', variables)).toBe('$APP_GUID')
  expect(() => expand({ text: '$OTHER' }, variables)).toThrow('The variable OTHER has no value.')
})

test.each([
  ['{"resources": [{"guid": "a"}, {"guid": "b"}]}', '.resources[1].guid', 'b'],
  ['{"version": 7}', '.version', '7'],
  ['{"resources": []}', '.resources[0].guid', ''],
  ['{"var": null}', '.var.VERSION', ''],
])('of %s, %s is "%s"', (json, path, value) => {
  expect(pick(json, path)).toBe(value)
})

test('a program that is not installed is named', async () => {
  const runner = createRunner({ root, env: { PATH: '/nowhere' }, print: () => {} })

  await expect(runner.run(cf('version'))).rejects.toThrow("cf can't be run. Is it installed?")
})

test('a missing answer is not taken for a release, even where any release is accepted', async () => {
  const verifying = verifyRelease('http://127.0.0.1:1', { version: '', commit: '', patienceMs: 0 })

  await expect(verifying).rejects.toThrow(/its last answer is .+\.$/)
})

test.each([
  [[], 'Name one target'],
  [['staging', 'production'], 'Name one target'],
  [['../staging'], `A target can't be called "../staging"`],
  [['staging', '--strategy', 'blue-green'], 'There is no strategy "blue-green"'],
  [['staging', '--instance-steps', '50'], '--instance-steps needs --strategy canary'],
  [['staging', '--patience', 'long'], '--patience takes a number of seconds.'],
  [['staging', '--max-in-flight', 'abc'], '--max-in-flight takes a number from 1 on.'],
  [['staging', '--max-in-flight', '0'], '--max-in-flight takes a number from 1 on.'],
  [['staging', '--strategy', 'canary', '--instance-steps', 'foo'], '--instance-steps takes percentages'],
  [['staging', '--strategy', 'canary', '--instance-steps', '20,150'], '--instance-steps takes percentages'],
  [['staging', '--wrong'], "Unknown option '--wrong'"],
])('%j is refused by a sentence', (args, reason) => {
  expect(() => readOptions(args)).toThrow(reason)
})

test('a target without variables is refused', () => {
  expect(() => readDelivery(root, 'abc1234', readOptions(['nowhere']))).toThrow('deploy/nowhere.vars.yml is missing')
})

test.each(targets())('%s has a value for each variable, a route of its own, and two instances or more', (target) => {
  const { app, url } = readDelivery(root, 'abc1234', readOptions([target]))

  const variables = load(read(`deploy/${target}.vars.yml`)) as Record<string, unknown>
  const others = targets().filter((other) => other !== target)
  expect(app).toBe(name)
  expect(url).toBe(`https://${variables.route}`)
  expect(others.map((other) => readDelivery(root, 'abc1234', readOptions([other])).url)).not.toContain(url)
  expect(variables.instances).toBeGreaterThanOrEqual(2)
})

test('each service that is bound is created by services.sh', () => {
  const { services } = readDelivery(root, 'abc1234', readOptions(['staging']))

  expect(services.map(({ name }) => name)).toEqual([`${name}-database`, `${name}-cache`])
  for (const { create, name } of services) expect(create).toMatch(new RegExp(`^cf create-.*"${name}"`))
})

test('what is bound has the names that the service looks for', () => {
  const [application] = applicationsOf(read('deploy/manifest.yml').replaceAll(/\(\(.+?\)\)/g, '1'))

  expect(application?.services?.map(({ binding_name }) => binding_name)).toEqual(['database', 'cache'])
})

test('the bound deployment has the health checks of the plain one, and no commands', () => {
  const plain = read('manifest.yml')
  const bound = read('deploy/manifest.yml')
  const healthOf = (text: string) => text.match(/^ +(?:timeout|(?:readiness-)?health-check-.*):.*$/gm)

  expect(healthOf(bound)).toEqual(healthOf(plain))
  expect(bound).not.toMatch(/^[ -]*command:/m)
})

test('nothing under deploy/ holds a password, but for a default that is named as one for development', () => {
  const files = globSync('deploy/**/*.*', { cwd: root })

  expect(files.length).toBeGreaterThan(4)
  for (const file of files) {
    const text = read(file).replaceAll(/\$\{[A-Z_]+:-for-development-only\}/g, '')

    expect(text, file).not.toMatch(/:\/\/[^/\s:]+:[^/\s@]+@|password: *\S/i)
  }
})

test('in a platform of several apps, one calls the other by its internal route', () => {
  const text = read('deploy/platform/manifest.yml')
  const [calling, called] = applicationsOf(
    text.replaceAll('((route))', 'my-service.example.com').replaceAll('((upstream))', 'greetings.apps.internal'),
  )

  expect(calling?.name).toBe(name)
  expect(new URL(String(calling?.env.UPSTREAM_URL)).hostname).toBe(called?.routes[0]?.route)
  expect(text).toContain(`cf add-network-policy <this service> ${called?.name} --protocol tcp --port 8080`)
  for (const { path = '' } of [calling!, called!]) expect(join('deploy/platform', path)).toBe('.')
})

test.each(globSync('.github/workflows/*.yml', { cwd: root }))(
  '%s runs scripts that exist, and pinned actions',
  (file) => {
    const steps = Object.values((load(read(file)) as Workflow).jobs).flatMap(({ steps }) => steps)
    const named = steps.flatMap(({ run = '' }) => [...run.matchAll(/\bnpm (?:run (?:-\S+ )*)?([\w:]+)/g)])
    const ofNpm = ['ci', 'test', 'audit', 'install', 'version']

    expect(named.map(([, script]) => script).filter((script) => !scripts[script!] && !ofNpm.includes(script!))).toEqual(
      [],
    )
    for (const { uses } of steps) if (uses) expect(uses).toMatch(/@[0-9a-f]{40}$/)
  },
)

test('every job that runs tests installs the servers that they start', () => {
  const jobs = globSync('.github/workflows/*.yml', { cwd: root }).flatMap((file) =>
    Object.values((load(read(file)) as Workflow).jobs).map(({ steps }) => steps.map(({ run = '' }) => run)),
  )
  const testing = jobs.filter((runs) => runs.some((run) => /^npm (test|run test:all)$/.test(run)))
  const packages = testing.map((runs) => /apt-get install (?:-\S+ )*(.*)/.exec(runs.join('\n'))?.[1])

  expect(testing.length).toBeGreaterThan(1)
  expect(packages).toEqual(testing.map(() => 'memcached nginx-light pgbouncer prometheus rabbitmq-server redis-server'))
})

test('a delivery goes through tests, rehearsal and staging before production', () => {
  const { jobs } = load(read('.github/workflows/deliver.yml')) as Workflow

  expect(Object.entries(jobs).map(([job, { needs }]) => [job, needs])).toEqual([
    ['test', undefined],
    ['rehearse', 'test'],
    ['staging', 'rehearse'],
    ['production', 'staging'],
  ])
})

test('secrets reach the step that delivers, and no other', () => {
  const { jobs } = load(read('.github/workflows/deliver.yml')) as Workflow
  const trusted = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .filter((step) => JSON.stringify(step).includes('secrets.'))

  expect(trusted.map(({ run }) => run?.split(' --')[1])).toEqual([' staging', ' production'])
  for (const { run } of trusted) expect(run).not.toContain('secrets.')
})

function targets(): string[] {
  return globSync('deploy/*.vars.yml', { cwd: root }).map((file) => basename(file, '.vars.yml'))
}
