import { expect, test } from 'vitest'
import { type Application, fillVariables } from '../../src/manifest/manifest.ts'
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
])('%s are %i MB', (text, mb) => {
  expect(readMb('memory', text)).toBe(mb)
})

test.each(['128', 128, '1.5G', '12 apples', ''])('%s is not a size', (text) => {
  expect(() => readBytes('memory', text)).toThrow('memory is')
})

test.each([
  { memory: '128M', instances: 2, timeout: 180, 'log-rate-limit-per-second': -1 },
  { 'health-check-type': 'http', 'health-check-http-endpoint': '/health/live' },
  { services: ['database', { name: 'the-cache', binding_name: 'cache' }] },
  { routes: [{ route: 'shop.example.com/path' }], processes: [{ type: 'worker', memory: '256M' }] },
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
  [{ env: { 'WITH-DASH': 'x' } }, 'WITH-DASH'],
  [{ env: { BIG: 'x'.repeat(140_000) } }, 'env.BIG'],
  [{ routes: [{ route: 'no-domain' }] }, 'route'],
  [{ services: [{ binding_name: 'cache' }] }, 'services'],
  [{ services: [{ name: 'a', binding_name: 'with blank' }] }, 'binding_name'],
])('an application with %o is a finding', (attributes, named) => {
  expect(() => check(attributes)).toThrow(named)
})
