import { expect, test } from 'vitest'
import { renameProject } from '../../scripts/rename.ts'
import { createProject } from './project.ts'

/** Beside the name, each file has words that are like it. */
const filesOf = (name: string) => ({
  'package.json': `{\n  "name": "${name}",\n  "scripts": {\n    "name": "web"\n  }\n}\n`,
  'package-lock.json': `{\n  "name": "${name}",\n  "packages": {\n    "": {\n      "name": "${name}"\n    }\n  }\n}\n`,
  'manifest.yml': `applications:\n  - name: ${name}\n    routes:\n      - route: ${name}.example.com\n    processes:\n      - type: web\n`,
  'openapi.yaml': `info:\n  title: ${name}\ntags:\n  - name: web\n  - name: my-service-tag\nexample:\n  name: ${name}\n`,
  'README.md': `# ${name}\n\nnpm run rename -- my-service, and start web\n`,
})

test.each([
  ['my-service', 'shop'],
  ['web', 'shop'],
  ['my-service', 'web'],
])('the service %s is renamed to %s, and nothing else is', (old, name) => {
  using project = createProject(filesOf(old))

  renameProject(project.root, name)

  expect(project.files()).toEqual(filesOf(name))
})

test('a name that is like no other word is replaced in the text of the README', () => {
  using project = createProject({
    ...filesOf('my-service'),
    'README.md': 'cf app my-service\nhttps://my-service.example.com\n',
  })

  renameProject(project.root, 'shop')

  expect(project.files()['README.md']).toBe('cf app shop\nhttps://shop.example.com\n')
})

test('a package.json with another layout is refused, since its name would stay', () => {
  using project = createProject({ ...filesOf('my-service'), 'package.json': '{"name": "my-service"}\n' })

  expect(() => renameProject(project.root, 'shop')).toThrow('package.json has no line "name"')
})

test.each(['My-Service', 'my_service', '@team/service', 'my service', '-service', '7days', 'a'.repeat(64)])(
  'a service can’t be called %s',
  (name) => {
    using project = createProject(filesOf('my-service'))

    expect(() => renameProject(project.root, name)).toThrow(`can't be called "${name}"`)
  },
)
