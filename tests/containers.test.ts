// What can be checked of images without building one: Dockerfile, compose.yaml and the files of other platforms agree
// with each other, the Procfile, the lock file and the settings.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { backingSettings } from '../src/backing/settings.ts'
import { bindingSettings } from '../src/chassis/bindings/settings.ts'
import { chassisSettings } from '../src/chassis/settings.ts'
import { allowedBy, argumentsOf, type Instruction, readStages, type Stage } from './containers/dockerfile.ts'

interface ComposeService {
  image: string
  build?: { context: string; dockerfile: string }
  command?: string[]
  user?: string
  environment?: Record<string, string | number>
  networks: string[]
  ports?: string[]
  volumes?: string[]
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test?: string[]; disable?: boolean }
  deploy?: { replicas: number; resources: { limits: { memory: string } } }
  restart: string
}

interface Compose {
  services: Record<string, ComposeService>
  networks: Record<string, unknown>
  volumes: Record<string, unknown>
}

const root = join(import.meta.dirname, '..')
const containers = join(root, 'deploy/containers')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const stages = readStages(read('deploy/containers/Dockerfile'))
const image = stages.at(-1)!
const compose = load(read('deploy/containers/compose.yaml')) as Compose
const allowed = allowedBy(read('deploy/containers/Dockerfile.dockerignore'))
const procfile = new Map(
  [...read('Procfile').matchAll(/^([\w-]+): *(.+)$/gm)].map(([, type, command]) => [type, command!]),
)
const { web, migrate } = compose.services as { web: ComposeService; migrate: ComposeService }
/** What the service and its command read. */
const variables = [
  ...Object.keys({ ...chassisSettings, ...backingSettings, ...bindingSettings }),
  'NODE_ENV',
  'MEMORY_AVAILABLE',
]

test('the Dockerfile uses only instructions that these tests know', () => {
  const known = ['WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'EXPOSE', 'HEALTHCHECK', 'CMD']
  const words = stages.flatMap(({ instructions }) => instructions.map(({ word }) => word))

  expect(words.filter((word) => !known.includes(word))).toEqual([])
})

test('images are pinned to a version of two or three numbers', () => {
  const images = [...stages.map(({ base }) => base), ...Object.values(compose.services).map((service) => service.image)]
  const foreign = images.filter((name) => name !== 'service:local')

  expect(foreign.filter((name) => !/^[\w/-]+:v?\d+\.\d+(\.\d+)?(-[\w.-]+)?(@sha256:[\da-f]{64})?$/.test(name))).toEqual(
    [],
  )
})

test('the image has the Node that the lock file pins', () => {
  const { version } = JSON.parse(read('package-lock.json')).packages['node_modules/node']

  expect(stages.map(({ base }) => base)).toEqual(stages.map(() => `node:${version}-bookworm-slim`))
})

test('the image starts with the command of the Procfile', () => {
  expect(the('CMD').text).toBe(procfile.get('web'))
})

test('what is copied exists: in the project and allowed by the .dockerignore, or in the stage before', () => {
  const copied = stages.flatMap((stage) =>
    copies(stage)
      .filter(({ options }) => !options.from)
      .flatMap(sourcesOf),
  )
  const fromStages = copies(image).flatMap(({ options }) => options.from ?? [])

  expect(copied.filter((file) => !existsSync(join(root, file)) || !allowed.includes(file))).toEqual([])
  expect(fromStages).toEqual([stages[0]?.name])
})

test('everything that the .dockerignore allows is copied', () => {
  const copied = stages.flatMap((stage) =>
    copies(stage)
      .filter(({ options }) => !options.from)
      .flatMap(sourcesOf),
  )

  expect([...new Set(copied)].sort()).toEqual(allowed.sort())
})

test('the dependencies are those of production, by the lock file, and none of their scripts runs', () => {
  const install = stages[0]!.instructions.find(({ word }) => word === 'RUN')

  expect(install?.text).toMatch(/^npm ci --omit=dev --ignore-scripts\b/)
})

test('the process does not run as root, and its user is a number', () => {
  const order = image.instructions.map(({ word }) => word)

  expect(the('USER').text).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  expect(order.indexOf('USER')).toBeLessThan(order.indexOf('CMD'))
  expect(order.lastIndexOf('RUN')).toBeLessThan(order.indexOf('USER'))
})

test('the image holds no secret, and only variables that are read', () => {
  const set = image.instructions.filter(({ word }) => word === 'ENV').map(({ text }) => text.split('=')[0]!)

  expect(set.filter((name) => !variables.includes(name))).toEqual([])
  expect(set.filter((name) => /_URL$|VCAP|PASSWORD|TOKEN|SECRET/.test(name))).toEqual([])
  expect(read('deploy/containers/Dockerfile')).not.toMatch(/\.npmrc|\bADD\b/)
})

test('the health check requests a path of the contract', () => {
  const contract = load(read('openapi.yaml')) as { paths: Record<string, unknown> }
  const [, path] = /path: '([^']+)'/.exec(the('HEALTHCHECK').text) ?? []

  expect(contract.paths).toHaveProperty([path!, 'get'])
})

test('the services of compose.yaml mount files that exist, and use the networks and volumes that it declares', () => {
  const mounted = Object.values(compose.services).flatMap(({ volumes = [] }) =>
    volumes.map((each) => each.split(':')[0]!),
  )
  const files = mounted.filter((source) => source.startsWith('.'))
  const volumes = mounted.filter((source) => !source.startsWith('.'))
  const networks = Object.values(compose.services).flatMap((service) => service.networks)

  expect(files.filter((file) => !existsSync(join(containers, file)))).toEqual([])
  expect(files).not.toEqual([])
  expect([...new Set(volumes)].sort()).toEqual(Object.keys(compose.volumes).sort())
  expect([...new Set(networks)].sort()).toEqual(Object.keys(compose.networks).sort())
})

test('the image is built from the Dockerfile, with the project as its context', () => {
  const { context, dockerfile } = web.build!

  expect(join(containers, context)).toBe(root)
  expect(join(root, dockerfile)).toBe(join(containers, 'Dockerfile'))
})

test('the services of compose.yaml wait until those that they need are healthy, and web for the migrations', () => {
  for (const [name, { depends_on = {} }] of Object.entries(compose.services)) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      const { healthcheck, restart } = compose.services[other]!
      const checked = healthcheck?.test !== undefined || other === 'web'

      expect(condition, `${name} on ${other}`).toBe(
        restart === 'no' ? 'service_completed_successfully' : 'service_healthy',
      )
      expect(checked || condition !== 'service_healthy', `${name} on ${other}`).toBe(true)
    }
  }
  expect(web.depends_on?.migrate?.condition).toBe('service_completed_successfully')
})

test('every service is restarted when it ends, except for the migration', () => {
  const restarts = Object.entries(compose.services).map(([name, { restart }]) => [name, restart])

  expect(restarts.filter(([, restart]) => restart !== 'unless-stopped')).toEqual([['migrate', 'no']])
})

test('migrations are run with the command of the Procfile', () => {
  expect(`exec ${migrate.command?.join(' ')}`).toBe(procfile.get('migrate'))
})

test('the service gets only variables that it reads', () => {
  const given = [...Object.keys(web.environment ?? {}), ...Object.keys(migrate.environment ?? {})]

  expect(given.filter((name) => !variables.includes(name))).toEqual([])
})

test('the service gets addresses of services that are on one of its networks', () => {
  for (const name of ['DATABASE_URL', 'REDIS_URL']) {
    const host = new URL(String(web.environment?.[name]).replaceAll(/\$\{[^}]*\}/g, 'x')).hostname

    expect(
      compose.services[host]?.networks.some((network) => web.networks.includes(network)),
      name,
    ).toBe(true)
  }
})

test('a password comes from a variable, with a default that is named as one for development', () => {
  const passwords = [
    ...read('deploy/containers/compose.yaml').matchAll(/PASSWORD: (.+)|:\/\/\w+:(\$\{.*?\}|[^@\s]*)@/g),
  ]

  expect(passwords.length).toBeGreaterThan(1)
  for (const [, plain, inUrl] of passwords) {
    expect(plain ?? inUrl).toMatch(/^\$\{[A-Z_]+:-for-development-only\}$/)
  }
})

test('the memory limit of web leaves room beside the memory that its heap is sized by', () => {
  const limit = Number.parseInt(web.deploy?.resources.limits.memory ?? '', 10)

  expect(limit).toBeGreaterThanOrEqual(Number(web.environment?.MEMORY_AVAILABLE) + 32)
})

test('only the proxy is published, and Prometheus on this machine', () => {
  const ports = Object.entries(compose.services).flatMap(([name, { ports: own = [] }]) =>
    own.map((port) => [name, port]),
  )

  expect(ports).toEqual([
    ['proxy', '8080:8080'],
    ['prometheus', '127.0.0.1:9090:9090'],
  ])
})

test('proxy and Prometheus use the ports that web listens on', () => {
  const port = image.instructions.find(({ text }) => text.startsWith('PORT='))?.text.split('=')[1]
  const prometheus = load(read('deploy/monitoring/prometheus.yml')) as {
    scrape_configs: { dns_sd_configs: { names: string[]; port: number }[] }[]
  }

  expect(read('deploy/containers/nginx.conf')).toContain(`set $web web:${port};`)
  expect(prometheus.scrape_configs[0]?.dns_sd_configs[0]).toMatchObject({
    names: ['web'],
    port: web.environment?.METRICS_PORT,
  })
  expect(the('EXPOSE').text).toBe(port)
})

test('Heroku gets only variables that the service reads, and starts process types of the Procfile', () => {
  const app = JSON.parse(read('app.json'))

  expect(Object.keys(app.env).filter((name) => !variables.includes(name))).toEqual([])
  expect(Object.keys(app.formation).filter((type) => !procfile.has(type))).toEqual([])
})

test('Paketo includes the files that Cloud Foundry uploads', () => {
  const [, list = ''] = /^include = (\[.*\])$/m.exec(read('deploy/project.toml')) ?? []
  const pushed = read('.cfignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? line.slice(1) : []))

  expect(JSON.parse(list).sort()).toEqual(pushed.sort())
})

test('a file that is no allow-list and a line that is no instruction are refused', () => {
  expect(() => allowedBy('node_modules\n')).toThrow('"node_modules" has no place')
  expect(() => allowedBy('*\n!src/**/*.ts\n')).toThrow('"!src/**/*.ts" has no place')
  expect(() => readStages('RUN true\n')).toThrow('before the first FROM')
  expect(() => readStages('FROM x:1\nrm -rf\n')).toThrow('is no instruction')
})

const copies = ({ instructions }: Stage): Instruction[] => instructions.filter(({ word }) => word === 'COPY')

const sourcesOf = (copy: Instruction): string[] => argumentsOf(copy).slice(0, -1)

/** The only instruction of this kind in the image. */
function the(word: string): Instruction {
  const found = image.instructions.filter((each) => each.word === word)
  expect(found).toHaveLength(1)
  return found[0]!
}
