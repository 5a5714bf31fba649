// A change is prepared in a copy, and then applied to the project: all of it, or nothing.

import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { applyChanges } from '../../scripts/change/apply-changes.ts'
import { type Change, copyProject } from '../../scripts/change/project-copy.ts'
import { createProject } from './project.ts'

const FILES = { 'package.json': '{}\n', 'a.md': 'a\n', 'src/b.ts': 'b\n', '.gitignore': 'data/\n' }

const change = (path: string, before: string | undefined, after: string | undefined): Change => ({
  path,
  before: before === undefined ? undefined : Buffer.from(before),
  after: after === undefined ? undefined : Buffer.from(after),
})

test('the changes of a copy are listed, and the project stays as it is', () => {
  using project = createProject(FILES)
  const before = project.files()
  using copy = copyProject(project.root)

  writeFileSync(join(copy.root, 'a.md'), 'other\n')
  writeFileSync(join(copy.root, 'c.md'), 'c\n')
  rmSync(join(copy.root, 'src/b.ts'))

  expect(copy.changes()).toEqual([
    change('a.md', 'a\n', 'other\n'),
    change('c.md', undefined, 'c\n'),
    change('src/b.ts', 'b\n', undefined),
  ])
  expect(project.files()).toEqual(before)
})

test('a copy has no file that Git ignores, and is removed', () => {
  using project = createProject({ ...FILES, 'data/large.sqlite': '', 'src/data/other.sqlite': '' })
  const copy = copyProject(project.root)

  expect(existsSync(join(copy.root, 'src/b.ts'))).toBe(true)
  expect(existsSync(join(copy.root, 'data'))).toBe(false)
  expect(existsSync(join(copy.root, 'src/data'))).toBe(false)
  copy[Symbol.dispose]()
  expect(existsSync(copy.root)).toBe(false)
})

test('a copy has the line ends of Unix, and a change those of the file, or of the project where it is new', () => {
  using project = createProject({ ...FILES, 'package.json': '{\r\n}\r\n', 'windows.md': 'one\r\ntwo\r\n' })
  using copy = copyProject(project.root)

  for (const path of ['windows.md', 'a.md', 'new.md']) writeFileSync(join(copy.root, path), 'three\nfour\n')

  expect(copy.changes()).toEqual([
    change('a.md', 'a\n', 'three\nfour\n'),
    change('new.md', undefined, 'three\r\nfour\r\n'),
    change('windows.md', 'one\r\ntwo\r\n', 'three\r\nfour\r\n'),
  ])
})

test('binary files stay as they are', () => {
  using project = createProject({ ...FILES, 'icon.ico': 'a\0\r\nb' })
  using copy = copyProject(project.root)

  expect(copy.changes()).toEqual([])
})

test('changes are applied, and a folder that has become empty is removed', () => {
  using project = createProject(FILES)

  applyChanges(project.root, [
    change('a.md', 'a\n', 'other\n'),
    change('new/folder/c.md', undefined, 'c\n'),
    change('src/b.ts', 'b\n', undefined),
  ])

  expect(project.files()).toMatchObject({ 'a.md': 'other\n', 'new/folder/c.md': 'c\n' })
  expect(existsSync(join(project.root, 'src'))).toBe(false)
})

test('where one file can’t be written, those before it are taken back', () => {
  using project = createProject(FILES)
  const before = project.files()

  const applying = () =>
    applyChanges(project.root, [
      change('a.md', 'a\n', 'other\n'),
      change('new/c.md', undefined, 'c\n'),
      change('src/b.ts', 'b\n', undefined),
      change('package.json/below-a-file.md', undefined, 'd\n'),
      change('e.md', undefined, 'e\n'),
    ])

  expect(applying).toThrow(/^package\.json\/below-a-file\.md can't be written: .* Nothing was changed\.$/)
  expect(project.files()).toEqual(before)
  expect(existsSync(join(project.root, 'new'))).toBe(false)
})

test('a read-only file is left alone, and so are all others', () => {
  using project = createProject(FILES)
  const before = project.files()
  chmodSync(join(project.root, 'src/b.ts'), 0o444)

  const applying = () =>
    applyChanges(project.root, [change('a.md', 'a\n', 'other\n'), change('src/b.ts', 'b\n', 'other\n')])

  expect(applying).toThrow('src/b.ts is read-only. Nothing was changed.')
  expect(project.files()).toEqual(before)
})

test.each([
  ['changed', change('a.md', 'older\n', 'other\n')],
  ['deleted', change('gone.md', 'older\n', 'other\n')],
  ['added', change('src/b.ts', undefined, 'other\n')],
])('a file that was %s in the meantime is not overwritten', (_how, last) => {
  using project = createProject(FILES)
  const before = project.files()

  const applying = () => applyChanges(project.root, [change('package.json', '{}\n', '{"a": 1}\n'), last])

  expect(applying).toThrow(`${last.path} was changed by another program`)
  expect(project.files()).toEqual(before)
})

test('where a folder is in the place of a file, nothing is changed', () => {
  using project = createProject(FILES)
  const before = project.files()
  mkdirSync(join(project.root, 'new'))

  const applying = () => applyChanges(project.root, [change('a.md', 'a\n', 'b\n'), change('new', undefined, 'c\n')])

  expect(applying).toThrow('new was changed')
  expect(project.files()).toEqual(before)
})
