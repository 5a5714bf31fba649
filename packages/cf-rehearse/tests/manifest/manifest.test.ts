import { expect, test } from 'vitest'
import { type Application, fillVariables, parseApplications, readVariable } from '../../src/manifest/manifest.ts'
import { checkApplication } from '../../src/manifest/manifest-rules.ts'
import { readBytes, readMb } from '../../src/manifest/sizes.ts'

const contract = { file: 'openapi.yaml', text: 'paths: { /health/live: { get: {} } }' }
const check = (attributes: object) => checkApplication({ name: 'service', ...attributes } as Application, contract)

test('variables are replaced, and keep their type', () => {
  const text = 'instances: ((count))\nroute: ((host)).example.com\n'

  expect(fillVariables(text, { count: 2, host: 'shop' })).toBe('instances: 2\nroute: shop.example.com\n')
})

test('a variable without a value is a finding', () => {
  expect(() => fillVariables('route: ((host))', {})).toThrow('((host)) has no value')
})

test('a variable in a comment needs no value', () => {
  expect(fillVariables('  # ((host))', {})).toBe('  # ((host))')
})

test.each([
  ['128M', 128],
  ['1G', 1024],
  ['512mb', 512],
  ['1.5G', 1536],
])('%s are %i MB', (text, mb) => {
  expect(readMb('memory', text)).toBe(mb)
})

test.each(['128', 128, '12 apples', ''])('%s is not a size', (text) => {
  expect(() => readBytes('memory', text)).toThrow('memory is')
})

test.each([
  { memory: '128M', instances: 2, timeout: 180, 'log-rate-limit-per-second': -1 },
  { 'health-check-type': 'http', 'health-check-http-endpoint': '/health/live' },
  { services: ['database', { name: 'the-cache', binding_name: 'cache' }] },
  { routes: [{ route: 'shop.example.com/path' }], processes: [{ type: 'worker', memory: '256M' }] },
  { env: { 'with-dash': 'x' }, 'health-check-type': 'none' },
  { sidecars: [{ name: 'a', command: 'b', process_types: ['web'], memory: '8M' }], 'random-route': false },
  { metadata: { labels: { 'example.com/tier': 'web', empty: '' }, annotations: { note: 'any text' } } },
  { routes: [{ route: 'a.example.com', protocol: 'http2', options: { loadbalancing: 'least-connection' } }] },
  { features: { revisions: true }, metadata: { labels: {} }, buildpacks: ['nodejs_buildpack'] },
])('an application may have %o', (attributes) => {
  expect(() => check(attributes)).not.toThrow()
})

test.each([
  [{ memroy: '128M' }, 'memroy'],
  [{ memory: 128 }, 'memory'],
  [{ instances: -1 }, 'instances'],
  [{ timeout: 181 }, 'timeout'],
  [{ 'health-check-type': 'https' }, 'health-check-type'],
  [{ 'health-check-http-endpoint': '/health/live' }, 'health-check-http-endpoint'],
  [{ 'health-check-type': 'http', 'health-check-http-endpoint': '/healthz' }, '/healthz'],
  [{ processes: [{ type: 'worker', instances: '1' }] }, 'instances'],
  [{ env: { PORT: 8080 } }, 'env.PORT'],
  [{ env: { VCAP_SERVICES: '{}' } }, 'env.VCAP_SERVICES'],
  [{ env: { BIG: 'x'.repeat(140_000) } }, 'env.BIG'],
  [{ routes: [{ route: 'no-domain' }] }, 'route'],
  [{ services: [{ binding_name: 'cache' }] }, 'services'],
  [{ services: [{ name: 'a', binding_name: 'with blank' }] }, 'binding_name'],
])('an application with %o is a finding', (attributes, named) => {
  expect(() => check(attributes)).toThrow(named)
})

test.each([
  [{ env: 'text' }, 'env'],
  [{ env: ['A=b'] }, 'env'],
  [{ env: { port: '1' } }, 'env.port'],
  [{ env: { vcap_x: '1' } }, 'env.vcap_x'],
  [{ env: { VMCFOO: '1' } }, 'env.VMCFOO'],
  [{ memory: '0M' }, 'memory'],
  [{ memory: '512K' }, 'memory'],
  [{ disk_quota: '0.5M' }, 'disk_quota'],
  [{ instances: 2_000_001 }, 'instances'],
  [{ processes: [{ type: 'web' }, { type: 'web' }] }, 'processes'],
  [{ processes: ['web'] }, 'processes'],
  [{ processes: [{ command: 'x' }] }, 'type'],
  [{ services: [{ name: 'a', plan: 'x' }] }, 'plan'],
  [{ services: [{ name: 'a', parameters: 'x' }] }, 'parameters'],
  [{ features: { sshd: true } }, 'sshd'],
  [{ features: { ssh: 'true' } }, 'ssh'],
  [{ routes: [{ route: 'a.example.com', protocol: 'http3' }] }, 'protocol'],
  [{ routes: [{ route: 'a.example.com', options: { loadbalancing: 'random' } }] }, 'loadbalancing'],
  [{ metadata: { labels: { 'with blank': 'x' } } }, 'labels'],
  [{ metadata: { labels: { tier: 'with blank' } } }, 'labels'],
  [{ sidecars: [{ name: 'a', process_types: ['web'] }] }, 'sidecars'],
  [{ sidecars: [{ name: 'a', command: 'b' }] }, 'sidecars'],
  [{ 'random-route': 'yes please' }, 'random-route'],
  [{ 'no-route': 1 }, 'no-route'],
  [{ buildpacks: [1] }, 'buildpacks'],
])('the Cloud Controller refuses %o', (attributes, named) => {
  expect(() => check(attributes)).toThrow(named)
})

test('hyphens and underscores in attributes are the same, and a repeated key counts as its last value', () => {
  const text =
    'applications:\n- name: a\n  disk-quota: 300M\n  health_check_type: none\n  disk-quota: 400M\n' +
    '  services: [{ name: b, binding-name: c }]\n  env: { with_underscore: x }\n'

  expect(parseApplications(text, 'manifest.yml')).toEqual([
    {
      name: 'a',
      disk_quota: '400M',
      'health-check-type': 'none',
      services: [{ name: 'b', binding_name: 'c' }],
      env: { with_underscore: 'x' },
    },
  ])
})

test('a merge key in a manifest is resolved', () => {
  const text = 'd: &d { LOG_LEVEL: info }\napplications:\n- { name: a, env: { <<: *d } }\n'

  expect(parseApplications(text, 'manifest.yml')[0]!.env).toEqual({ LOG_LEVEL: 'info' })
})

test.each([
  ['on', 'true'],
  ['NO', 'false'],
  ['010', '8'],
  ['08', '8'],
  ['1_000', '1000'],
  ['1e3', '1000'],
  ['1.0', '1'],
  ['~', ''],
  ['.inf', 'Infinity'],
  ['2024-01-02', '2024-01-02'],
  ['1:30:20', '1:30:20'],
  ['[a]', '["a"]'],
  ['{ a: b }', '{"a":"b"}'],
])('%s in the environment is a warning, and the application gets %s', (written, expected) => {
  const warnings: string[] = []
  const text = `applications:\n- name: a\n  env:\n    VALUE: ${written}\n`

  expect(parseApplications(text, 'manifest.yml', (warning) => warnings.push(warning))[0]!.env).toEqual({
    VALUE: expected,
  })
  expect(warnings).toEqual([expect.stringContaining('env.VALUE')])
})

test.each([
  ['plain text', 'plain text'],
  ['"on"', 'on'],
  ["'010'", '010'],
  ['42', '42'],
  ['1.5', '1.5'],
  ['true', 'true'],
  ['', ''],
])('%s in the environment is no warning', (written, expected) => {
  const text = `applications:\n- name: a\n  env:\n    VALUE: ${written}\n`
  const warn = (warning: string) => expect.fail(warning)

  expect(parseApplications(text, 'manifest.yml', warn)[0]!.env).toEqual({ VALUE: expected })
})

test.each([
  ['0123456', '42798'],
  ['1234e56', '1.234e+59'],
])('--var %s is a warning, because YAML makes %s of it', (given, expected) => {
  const warnings: string[] = []

  expect(String(readVariable('commit', given, (warning) => warnings.push(warning)))).toBe(expected)
  expect(warnings).toEqual([expect.stringContaining(`'"${given}"'`)])
})

test.each([
  ['"0123456"', '0123456'],
  ['abc1234', 'abc1234'],
])('--var %s keeps its text up to the environment', (given, expected) => {
  const commit = readVariable('commit', given, (warning) => expect.fail(warning))
  const text = fillVariables('applications:\n- name: a\n  env:\n    COMMIT: ((commit))\n', { commit })

  expect(parseApplications(text, 'manifest.yml')[0]!.env).toEqual({ COMMIT: expected })
})
