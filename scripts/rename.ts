// `npm run rename -- my-service`: gives a clone its own name. It replaces the name in package.json, by which logs and
// metrics call the service, so a service can be renamed again. LICENSE keeps the names of the template's authors.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { changeProject, describeChanges } from './change/change-project.ts'
import { runScript, UsageError } from './command-line.ts'
import { isKebabCase } from './feature/names.ts'
import { editFiles, findFiles } from './feature/project-files.ts'

const commandLine = {
  command: 'npm run rename',
  usage: '-- <name>',
  summary: 'Renames the service in all files that have its name. It changes all of them, or none.',
  parameters: { name: 'the new name: at most 63 lower case letters, digits and hyphens' },
  examples: ['npm run rename -- my-service'],
}

/** Where the name is. Elsewhere it may be just a word, as "web" is. */
const PLACES: Record<string, (name: string) => RegExp> = {
  'package.json': (name) => RegExp(`(?<=^ {2}"name": ")${name}(?=")`, 'm'),
  'package-lock.json': (name) => RegExp(`(?<=^(?: {2}| {6})"name": ")${name}(?=")`, 'gm'),
  'openapi.yaml': (name) => RegExp(`(?<=^ {2}title: |^ +name: |\\{ title: |<title>)${name}(?![\\w-])`, 'gm'),
  '{manifest.yml,deploy/**/*.{yml,yaml}}': (name) => RegExp(`(?<=\\b(?:name|route): )${name}(?![a-z0-9])`, 'g'),
  'deploy/monitoring/*.yml': (name) => RegExp(`(?<=\\bjob="|job_name: )${name}(?=["\\n])`, 'g'),
  'deploy/**/*.json': mention,
  '{README.md,docs/*.md}': mention,
}

/**
 * In a text, a single word is certainly the name only where it is the heading. After `-- ` a name is an example.
 */
function mention(name: string): RegExp {
  return name.includes('-') ? RegExp(`(?<![\\w-]|[^/]/|-- )${name}(?!\\w)`, 'g') : RegExp(`(?<=^# )${name}$`, 'm')
}

/** @throws {Error} where the name can't be both a package's and an app's whose route begins with it */
export function renameProject(root: string, name: string) {
  if (!isKebabCase(name) || name.length > 63) {
    throw new UsageError(`A service can't be called "${name}": use at most 63 lower case letters, digits and hyphens.`)
  }
  const old = readName(root)
  for (const [files, placesOf] of Object.entries(PLACES)) {
    editFiles(root, findFiles(root, files), (text) => text.replace(placesOf(old), name))
  }
  if (readName(root) !== name) throw new Error('package.json has no line "name" that is indented by two spaces.')
}

const readName = (root: string): string => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).name

if (import.meta.main) {
  await runScript(commandLine, async ({ positionals: [name, ...more] }) => {
    if (!name || more.length > 0) throw new UsageError('Say how to call the service.')

    const changes = await changeProject(join(import.meta.dirname, '..'), (copy) => renameProject(copy, name))
    if (changes.length === 0) return console.log(`The service is called ${name} already.`)
    console.log(describeChanges(changes))
    console.log(`
Next:
  .github/CODEOWNERS              name the teams that review
  .github/SECURITY.md             say how to report a vulnerability
  npm run check && npm test       both pass`)
  })
}
