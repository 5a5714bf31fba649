import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { watchFolders } from '../../scripts/dev/watch-folders.ts'
import { createProject } from './project.ts'

test('a file is seen when it is changed, and again after it was replaced', async () => {
  using watched = openWatched()

  expect(await watched.seenOf((path) => writeFileSync(path('a/one.ts'), '2'))).toContain('a/one.ts')
  expect(await watched.seenOf((path) => replace(path('a/one.ts')))).toContain('a/one.ts')
  expect(await watched.seenOf((path) => writeFileSync(path('a/one.ts'), '3'))).toContain('a/one.ts')
  expect(await watched.seenOf((path) => rmSync(path('a/one.ts')))).toContain('a/one.ts')
})

test('a folder that is created later is seen, and so are the files in it', async () => {
  using watched = openWatched()

  expect(await watched.seenOf((path) => mkdirSync(path('b/c'), { recursive: true }))).toContain('b')
  expect(await watched.seenOf((path) => writeFileSync(path('b/c/two.ts'), '1'))).toContain('b/c/two.ts')
  expect(await watched.seenOf((path) => writeFileSync(path('b/c/two.ts'), '2'))).toContain('b/c/two.ts')
})

test('a folder that is moved in is seen, and so are the files in it', async () => {
  using outside = createProject({ 'moved/d/three.ts': '1' })
  using watched = openWatched()

  expect(await watched.seenOf((path) => renameSync(join(outside.root, 'moved'), path('moved')))).toContain('moved')
  expect(await watched.seenOf((path) => writeFileSync(path('moved/d/three.ts'), '2'))).toContain('moved/d/three.ts')
})

test('a folder that is deleted and created again is still watched', async () => {
  using watched = openWatched()

  expect(await watched.seenOf((path) => rmSync(path('a'), { recursive: true }))).toContain('a')
  expect(await watched.seenOf((path) => mkdirSync(path('a')))).toContain('a')
  expect(await watched.seenOf((path) => writeFileSync(path('a/one.ts'), '1'))).toContain('a/one.ts')
})

function openWatched() {
  const project = createProject({ 'a/one.ts': '1' })
  const seen: string[] = []
  let onSeen = () => {}
  const watching = watchFolders(project.root, (path) => {
    seen.push(path.slice(project.root.length + 1))
    onSeen()
  })
  return {
    /** What is seen of a step. Changes arrive in order, so the last one is a file that is written after the step. */
    async seenOf(step: (path: (file: string) => string) => void): Promise<string[]> {
      seen.length = 0
      const end = `end-${Math.random()}`
      const { promise, resolve } = Promise.withResolvers<void>()
      onSeen = () => seen.includes(end) && resolve()
      step((file) => join(project.root, file))
      writeFileSync(join(project.root, end), '')
      await promise
      return seen
    },
    [Symbol.dispose]() {
      watching[Symbol.dispose]()
      project[Symbol.dispose]()
    },
  }
}

/** As an editor saves a file, and Git checks one out. */
function replace(file: string) {
  writeFileSync(`${file}.new`, 'new')
  renameSync(`${file}.new`, file)
}
