// A copy of the project to change first: what fails there has changed nothing here. It has the line ends of Unix, so
// that scripts and tools can rely on them; the changes have those of the project.

import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ignore from 'ignore'
import { openScratchFolder } from '../scratch-folder.ts'
import { withLineEndsOf, withUnixLineEnds } from './text-files.ts'

export interface ProjectCopy extends Disposable {
  root: string
  /** What differs by now from the project. */
  changes(): Change[]
}

export interface Change {
  /** In the project, with slashes. */
  path: string
  /** Undefined for a file that is added. */
  before: Buffer | undefined
  /** Undefined for a file that is deleted. */
  after: Buffer | undefined
}

/** Copies what Git does not ignore. The packages are those that are installed in the project. */
export function copyProject(root: string): ProjectCopy {
  const originals = readProject(root)
  const folder = openScratchFolder('project-')
  for (const [path, bytes] of originals) writeFile(join(folder.path, path), editText(bytes, withUnixLineEnds))
  symlinkSync(join(root, 'node_modules'), join(folder.path, 'node_modules'), 'junction')

  const model = originals.get('package.json')?.toString('latin1') ?? ''
  return {
    root: folder.path,
    changes() {
      const files = readProject(folder.path)
      const paths = [...new Set([...originals.keys(), ...files.keys()])].sort()
      return paths.flatMap((path) => {
        const before = originals.get(path)
        const changed = files.get(path)
        const after = changed && editText(changed, (text) => withLineEndsOf(before?.toString('latin1') ?? model, text))
        return isSame(before, after) ? [] : [{ path, before, after }]
      })
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

/** The files that Git does not ignore, by their paths. */
export const readProject = (root: string): Map<string, Buffer> => readFiles(root, readIgnored(root))

/** Of paths that are relative to the root; the path of a folder ends with a slash. */
type IsIgnored = (path: string) => boolean

function readIgnored(root: string): IsIgnored {
  const rules = ignore().add(['.git', 'node_modules'])
  try {
    rules.add(readFileSync(join(root, '.gitignore'), 'utf8'))
  } catch {} // Then nothing else is ignored.
  return (path) => rules.ignores(path)
}

function readFiles(root: string, isIgnored: IsIgnored, folder = ''): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder + entry.name
    if (entry.isDirectory() && !isIgnored(`${path}/`)) {
      for (const [below, bytes] of readFiles(root, isIgnored, `${path}/`)) files.set(below, bytes)
    }
    if (entry.isFile() && !isIgnored(path)) files.set(path, readFileSync(join(root, path)))
  }
  return files
}

function writeFile(file: string, bytes: Buffer) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
}

/** Byte by byte, so that no encoding can be lost. What holds a NUL is no text, and stays as it is. */
const editText = (bytes: Buffer, edit: (text: string) => string): Buffer =>
  bytes.includes(0) ? bytes : Buffer.from(edit(bytes.toString('latin1')), 'latin1')

const isSame = (before: Buffer | undefined, after: Buffer | undefined) =>
  before === after || (before !== undefined && after !== undefined && before.equals(after))
