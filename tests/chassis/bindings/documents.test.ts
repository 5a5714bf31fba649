// Where platforms write bindings: an environment variable, a file, or a folder for each binding.

import { mkdir, mkdtempDisposable, rename, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readBindings } from '../../../src/chassis/bindings/read-bindings.ts'
import { bound, complaintsOf, documentOf, userProvided } from './fixtures/environment.ts'

const temporaryFolder = () => mkdtempDisposable(join(tmpdir(), 'bindings-'))

async function writeBinding(root: string, name: string, files: Record<string, string>) {
  await mkdir(join(root, name))
  for (const [key, text] of Object.entries(files)) await writeFile(join(root, name, key), text)
}

test('nothing is bound if the variables are missing or empty', () => {
  const nothing = { VCAP_SERVICES: '', VCAP_SERVICES_FILE_PATH: '', SERVICE_BINDING_ROOT: '', DATABASE_URL: '' }

  expect(readBindings({}).list()).toEqual([])
  expect(readBindings(nothing).list()).toEqual([])
})

test('nothing is bound if VCAP_SERVICES has no services', () => {
  expect(readBindings({ VCAP_SERVICES: '{}' }).of('database')).toBeUndefined()
})

test('the file of VCAP_SERVICES_FILE_PATH is read like VCAP_SERVICES', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'vcap_services')
  await writeFile(path, documentOf('p-redis'))

  expect(readBindings({ VCAP_SERVICES_FILE_PATH: path }).of('redis')).toMatchObject({
    name: 'orders',
    source: 'VCAP_SERVICES_FILE_PATH',
    urls: ['redis://:MARKERredis@10.0.4.30:45470'],
  })
})

test('the folders that Cloud Foundry writes are read', async () => {
  await using folder = await temporaryFolder()
  await writeBinding(folder.path, 'my-rabbit', {
    type: 'p.rabbitmq',
    provider: 'p.rabbitmq',
    label: 'p.rabbitmq',
    name: 'my-rabbit',
    plan: 'single-node',
    tags: '["rabbitmq"]',
    'instance-name': 'shared-rabbit',
    ssl: 'true',
    username: 'me',
    uris: '["amqps://me:MARKER@one.example:5671/v","amqps://me:MARKER@two.example:5671/v"]',
  })

  const bindings = readBindings({ SERVICE_BINDING_ROOT: folder.path })

  expect(bindings.of('broker')).toEqual({
    kind: 'broker',
    name: 'my-rabbit',
    source: 'SERVICE_BINDING_ROOT',
    urls: ['amqps://me:MARKER@one.example:5671/v', 'amqps://me:MARKER@two.example:5671/v'],
    tls: { verify: 'full' },
  })
  expect(bindings.list()).toEqual([
    {
      kind: 'broker',
      name: 'my-rabbit',
      label: 'p.rabbitmq',
      plan: 'single-node',
      source: 'SERVICE_BINDING_ROOT',
      attached: true,
    },
  ])
})

test('the name that Cloud Foundry writes into a folder is not the name of a database', async () => {
  await using folder = await temporaryFolder()
  await writeBinding(folder.path, 'orders', { type: 'postgres', name: 'orders', host: 'db.example', port: '5432' })

  expect(readBindings({ SERVICE_BINDING_ROOT: folder.path }).of('database')?.urls).toEqual([
    'postgres://db.example:5432',
  ])
})

test('only line breaks at the end of a file are removed, whatever a password looks like', async () => {
  await using folder = await temporaryFolder()
  await writeBinding(folder.path, 'cache', { type: 'redis', host: 'h\n', password: '["x"] \r\n' })

  expect(readBindings({ SERVICE_BINDING_ROOT: folder.path }).of('redis')?.urls).toEqual(['redis://:%5B%22x%22%5D%20@h'])
})

test('a list in a folder may be a single text', async () => {
  await using folder = await temporaryFolder()
  await writeBinding(folder.path, 'cache', { type: 'redis', uris: 'redis://h' })

  expect(readBindings({ SERVICE_BINDING_ROOT: folder.path }).of('redis')?.urls).toEqual(['redis://h'])
})

test('links are followed and hidden files are skipped, as Kubernetes requires', async () => {
  await using folder = await temporaryFolder()
  await writeBinding(folder.path, 'cache', { type: 'redis', uri: 'redis://h' })
  await mkdir(join(folder.path, 'mounted'))
  await rename(join(folder.path, 'cache'), join(folder.path, 'mounted', '..2026_01_01'))
  await symlink('..2026_01_01', join(folder.path, 'mounted', '..data'))
  await symlink('..data/type', join(folder.path, 'mounted', 'type'))
  await symlink('..data/uri', join(folder.path, 'mounted', 'uri'))
  await symlink('mounted', join(folder.path, '..data'))

  expect(readBindings({ SERVICE_BINDING_ROOT: folder.path }).list()).toMatchObject([{ kind: 'redis', name: 'mounted' }])
})

test('bindings of an unknown type and without a type are listed', async () => {
  await using folder = await temporaryFolder()
  await writeBinding(folder.path, 'blobs', { type: 's3', bucket: 'x' })
  await writeBinding(folder.path, 'empty', {})

  expect(readBindings({ SERVICE_BINDING_ROOT: folder.path }).list()).toEqual([
    { kind: 'other', name: 'blobs', label: 's3', source: 'SERVICE_BINDING_ROOT', attached: false },
    { kind: 'other', name: 'empty', source: 'SERVICE_BINDING_ROOT', attached: false },
  ])
})

test('a binding that is in two documents is read from VCAP_SERVICES', async () => {
  await using folder = await temporaryFolder()
  await writeBinding(folder.path, 'orders', { type: 'redis', uri: 'redis://other.example' })
  await writeBinding(folder.path, 'billing', { type: 'postgresql', uri: 'postgres://db.example' })

  const bindings = readBindings({ VCAP_SERVICES: documentOf('p-redis'), SERVICE_BINDING_ROOT: folder.path })

  expect(bindings.list()).toMatchObject([
    { name: 'orders', source: 'VCAP_SERVICES', attached: true },
    { name: 'billing', source: 'SERVICE_BINDING_ROOT', attached: true },
  ])
})

test('a document written by hand needs no more than the credentials', () => {
  const env = { VCAP_SERVICES: JSON.stringify({ 'aws-rds': [{ credentials: { uri: 'postgres://h/x' } }] }) }

  expect(readBindings(env).list()).toEqual([
    { kind: 'database', name: 'aws-rds', label: 'aws-rds', source: 'VCAP_SERVICES', attached: true },
  ])
})

const named: [object, string][] = [
  [{ binding_name: 'cache', name: 'old', instance_name: 'shared' }, 'cache'],
  [{ binding_name: null, name: 'cache', instance_name: 'shared' }, 'cache'],
  [{ instance_name: 'shared' }, 'shared'],
]

test.each(named)('the name of a service with %j is %s', (names, expected) => {
  const env = { VCAP_SERVICES: JSON.stringify({ 'p-redis': [{ ...names, credentials: { host: 'h' } }] }) }

  expect(readBindings(env).of('redis')?.name).toBe(expected)
})

test('a service without credentials is listed', () => {
  const env = bound(userProvided('drain', {}, { credentials: null, tags: null }))

  expect(readBindings(env).list()).toMatchObject([{ kind: 'other', name: 'drain' }])
})

const malformed: [string, string][] = [
  ['{"p-redis": [', 'VCAP_SERVICES must contain a JSON object.'],
  ['[]', 'VCAP_SERVICES must contain a JSON object.'],
  ['null', 'VCAP_SERVICES must contain a JSON object.'],
  ['{"p-redis": {}}', 'VCAP_SERVICES must map each label to a list of services.'],
  ['{"p-redis": ["MARKER"]}', 'VCAP_SERVICES must map each label to a list of services.'],
]

test.each(malformed)('VCAP_SERVICES of %s is an error', (json, complaint) => {
  expect(complaintsOf({ VCAP_SERVICES: json })).toEqual([complaint])
})

test('a missing file is an error', () => {
  expect(complaintsOf({ VCAP_SERVICES_FILE_PATH: '/nowhere/vcap_services' })).toEqual([
    'VCAP_SERVICES_FILE_PATH must name a file that can be read (ENOENT).',
  ])
})

test('a missing folder is an error', () => {
  expect(complaintsOf({ SERVICE_BINDING_ROOT: '/nowhere' })).toEqual([
    'SERVICE_BINDING_ROOT must name a folder that can be read (ENOENT).',
  ])
})

test('a broken link is an error that names its binding', async () => {
  await using folder = await temporaryFolder()
  await writeBinding(folder.path, 'cache', { type: 'redis' })
  await symlink('..data/uri', join(folder.path, 'cache', 'uri'))

  expect(complaintsOf({ SERVICE_BINDING_ROOT: folder.path })).toEqual([
    'The binding "cache" in SERVICE_BINDING_ROOT cannot be read (ENOENT).',
  ])
})
