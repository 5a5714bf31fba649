// A folder like a small project, to try the scripts on.

import { globSync, mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** @param files their texts, by their paths */
export function createProject(files: Record<string, string>) {
  const dir = mkdtempDisposableSync(join(tmpdir(), 'project-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(dir.path, dirname(path)), { recursive: true })
    writeFileSync(join(dir.path, path), text)
  }
  return { root: dir.path, files: () => readFiles(dir.path), [Symbol.dispose]: () => dir.remove() }
}

function readFiles(root: string): Record<string, string> {
  const paths = globSync('**/*.*', { cwd: root })
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}
