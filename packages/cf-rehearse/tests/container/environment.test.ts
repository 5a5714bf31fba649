import { expect, test } from 'vitest'
import { launchEnvironment } from '../../src/container/environment.ts'
import type { PushPlan } from '../../src/manifest/push-plan.ts'

const web = {
  type: 'web',
  command: 'exec node x.ts',
  instances: 1,
  memoryMb: 128,
  diskMb: 512,
  attributes: { type: 'web' },
}
const plan: PushPlan = {
  app: { name: 'shop' },
  env: { LOG_LEVEL: 'info', HOME: '/mine' },
  processes: [web],
  traffic: { gets: ['/'] },
}
const facts = {
  guid: 'g',
  index: 1,
  address: '10.0.0.2',
  port: 8080,
  version: 'v',
  home: '/home/vcap/app',
  tmp: '/t',
  deps: '/d',
}
const bindings = { postgresql: [{ name: 'database', tags: [], credentials: { uri: 'postgresql://u:p@h/d' } }] }

test('a process gets its port, its limits and its index', () => {
  const env = launchEnvironment(plan, web, facts)

  expect(env).toMatchObject({ PORT: '8080', MEMORY_LIMIT: '128m', CF_INSTANCE_INDEX: '1', LOG_LEVEL: 'info' })
  expect(JSON.parse(env.VCAP_APPLICATION!)).toMatchObject({ limits: { mem: 128 }, instance_index: 1, port: 8080 })
  expect(env.VCAP_SERVICES).toBe('{}')
})

test('the manifest cannot override variables of the platform', () => {
  expect(launchEnvironment(plan, web, facts).HOME).toBe('/home/vcap/app')
})

test('a task gets no port and no index', () => {
  const env = launchEnvironment(plan, web, { ...facts, isTask: true })

  expect(Object.keys(env).filter((name) => /PORT|INDEX/.test(name))).toEqual([])
})

test('DATABASE_URL is the first database address, with the scheme that Rails expects', () => {
  const env = launchEnvironment(plan, web, { ...facts, bindings })

  expect(env.DATABASE_URL).toBe('postgres://u:p@h/d')
})

test('bindings are in a variable or in a file, never in both', () => {
  const env = launchEnvironment(plan, web, { ...facts, bindings, bindingsFile: '/etc/bound' })

  expect(env.VCAP_SERVICES_FILE_PATH).toBe('/etc/bound')
  expect(env).not.toHaveProperty('VCAP_SERVICES')
})

test('VCAP_APPLICATION has users only in tasks, and the process only outside of them', () => {
  const keys = (isTask: boolean) =>
    Object.keys(JSON.parse(launchEnvironment(plan, web, { ...facts, isTask }).VCAP_APPLICATION!)).filter((key) =>
      /^(users|process_)/.test(key),
    )

  expect(keys(true)).toEqual(['users'])
  expect(keys(false)).toEqual(['process_id', 'process_type'])
})
