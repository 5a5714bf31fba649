// `npm run rename -- my-service`: makes a clone one's own. The name that it replaces is the one in package.json, by
// which logs and metrics call the service; so it can be renamed again. LICENSE goes on naming the template's authors.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isKebabCase } from './feature/names.ts'
import { editFiles } from './feature/project-files.ts'
import { mustRun, tellErrors } from './run.ts'

/** Where the name stands. Elsewhere a name may be just a word, as "web" is. */
const PLACES: Record<string, (name: string) => RegExp> = {
  'package.json': (name) => RegExp(`(?<=^ {2}"name": ")${name}(?=")`, 'm'),
  'package-lock.json': (name) => RegExp(`(?<=^(?: {2}| {6})"name": ")${name}(?=")`, 'gm'),
  'openapi.yaml': (name) => RegExp(`(?<=^ {2}title: |^ +name: |\\{ title: |<title>)${name}(?![\\w-])`, 'gm'),
  '{manifest.yml,deploy/**/*.{yml,yaml}}': (name) => RegExp(`(?<=\\b(?:name|route): )${name}(?![a-z0-9])`, 'g'),
  'deploy/monitoring/*.yml': (name) => RegExp(`(?<=\\bjob="|job_name: )${name}(?=["\\n])`, 'g'),
  'deploy/**/*.json': mention,
  'README.md': mention,
}

/**
 * In a text, a single word can only be told to be the name where it is the heading. After `-- ` a name is an example.
 */
function mention(name: string): RegExp {
  return name.includes('-') ? RegExp(`(?<![\\w-]|[^/]/|-- )${name}(?!\\w)`, 'g') : RegExp(`(?<=^# )${name}$`, 'm')
}

/**
 * @returns the paths of the files that it changed
 * @throws {Error} where the name can't be both a package's and an app's whose route begins with it
 */
export function renameProject(root: string, name: string): string[] {
  if (!isKebabCase(name) || name.length > 63) {
    throw new Error(`A service can't be called "${name}": use at most 63 lower case letters, digits and hyphens.`)
  }
  const { name: old } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.entries(PLACES).flatMap(([files, placesOf]) =>
    editFiles(root, globSync(files, { cwd: root }), (text) => text.replace(placesOf(old), name)),
  )
}

if (import.meta.main) {
  await tellErrors(async () => {
    const root = join(import.meta.dirname, '..')
    const [name, ...more] = process.argv.slice(2)
    if (!name || more.length > 0) throw new Error('Say what to call the service: npm run rename -- <name>')

    const changed = renameProject(root, name)
    for (const path of changed) console.log(`Renamed in ${path}.`)
    await mustRun(root, 'node', ['scripts/generate.ts'])
    console.log(changed.length > 0 ? 'Left to you: the teams in .github/CODEOWNERS.' : `It is called ${name} already.`)
  })
}
