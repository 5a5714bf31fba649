// Reads the Procfile as the platform does, and checks that each command works there.

import { throwFinding } from '../report/finding.ts'
import { type Application, loadYaml } from './manifest.ts'

/** Process types and their commands. */
export type Procfile = Record<string, string>

export function readProcfile(text: string): Procfile {
  const given = loadYaml(text, 'Procfile')
  const isMap = typeof given === 'object' && given !== null && !Array.isArray(given)
  const wrong = isMap ? Object.entries(given).find(([, command]) => typeof command !== 'string') : undefined
  if (isMap && !wrong) return given as Procfile
  return throwFinding(`The Procfile is not a map of process types to commands${wrong ? `: see "${wrong[0]}"` : ''}.`, {
    fact: 'the platform parses the Procfile as YAML, and staging fails if it is not a map.',
    remedy: 'Write one line "type: command" for each process. Quote a command that contains a colon and a blank.',
  })
}

export function checkProcesses(procfile: Procfile, { command, processes = [] }: Application) {
  const missing = processes.find((each) => each.type !== 'web' && !procfile[each.type] && !each.command)
  if (missing) {
    throwFinding(`The process type "${missing.type}" of the manifest is not in the Procfile.`, {
      fact: 'a process type without a command does not start.',
      remedy: `Add "${missing.type}: …" to the Procfile.`,
    })
  }
  if (procfile.web || command || processes.some((each) => each.type === 'web' && each.command)) return
  throwFinding('The process type "web" has no start command.', {
    fact: 'the buildpack then uses "npm start", which does not forward SIGTERM.',
    remedy: 'Add "web: exec node …" to the Procfile.',
  })
}

/** @param files what is uploaded */
export function checkCommand(type: string, command: string, files: string[]) {
  if (/(^|[\s;&|])(npm|npx|yarn|pnpm)\s/.test(command)) {
    throwFinding(`The command of "${type}" starts a package manager: ${command}`, {
      fact:
        'only the main process receives SIGTERM. npm exits at once and leaves Node running, which receives no signal ' +
        'until SIGKILL, 10 s later.',
      remedy: `Start Node directly: "${type}: exec node …".`,
    })
  }
  if (/(?<!\|)\|(?!\|)/.test(command)) {
    throwFinding(`The command of "${type}" is a pipe: ${command}`, {
      fact: 'the shell that runs the pipe receives SIGTERM, and Node does not.',
      remedy: 'Write to stdout; the platform collects the log.',
    })
  }
  // bash replaces itself by a single command, even without exec.
  if (/[;&|\n]/.test(command) && !/(^|[;&]\s*)exec\s/.test(command)) {
    throwFinding(`The command of "${type}" does not use exec: ${command}`, {
      fact: 'only the main process receives SIGTERM. In a list of commands without exec, this is a shell and not Node.',
      remedy: `Write exec before the last command: "${type}: … && exec node …".`,
    })
  }
  checkFiles(type, command, files)
}

function checkFiles(type: string, command: string, files: string[]) {
  const named = command.match(/(?<=^|\s)[\w./-]+\.(ts|mts|js|mjs|cjs|sh)(?=\s|$)/g) ?? []
  const missing = named.find((file) => !files.includes(file.replace(/^\.\//, '')))
  if (!missing) return
  throwFinding(`The command of "${type}" runs ${missing}, which would not be uploaded.`, {
    fact: 'the container has only the files that .cfignore does not exclude.',
    remedy: `Include ${missing} in .cfignore, or correct the command.`,
  })
}
