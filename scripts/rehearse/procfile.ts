// Reads the Procfile as the platform does, and looks whether each command can do its work there.

import { loadYaml, type Process } from './manifest.ts'
import { refuse } from './refusal.ts'

/** Process types and their commands. */
export type Procfile = Record<string, string>

export function readProcfile(text: string): Procfile {
  const given = loadYaml(text, 'Procfile')
  const isMap = typeof given === 'object' && given !== null && !Array.isArray(given)
  const strange = isMap ? Object.entries(given).find(([, command]) => typeof command !== 'string') : ['it']
  if (isMap && !strange) return given as Procfile
  return refuse(`The Procfile is no map of process types to commands: see ${strange?.[0]}.`, {
    fact: 'the Procfile is read as YAML, and staging fails where it is not a map.',
    remedy: 'Write a line "type: command" for each, with the command in quotes where it has a colon and a blank.',
  })
}

export function checkProcesses(procfile: Procfile, processes: Process[]) {
  const strange = processes.find(({ type, command }) => !procfile[type] && !command)
  if (strange) {
    refuse(`The process type "${strange.type}" of the manifest is not in the Procfile.`, {
      fact: 'a process type without a command does not start.',
      remedy: `Add "${strange.type}: …" to the Procfile.`,
    })
  }
  if (procfile.web || processes.some(({ type, command }) => type === 'web' && command)) return
  refuse('Nobody says how the process type "web" starts.', {
    fact: 'the buildpack then starts it by "npm start", which does not pass SIGTERM on.',
    remedy: 'Add "web: exec node …" to the Procfile.',
  })
}

/** @param files what is uploaded */
export function checkCommand(type: string, command: string, files: string[]) {
  if (/(^|[\s;&|])(npm|npx|yarn|pnpm)\s/.test(command)) {
    refuse(`The command of "${type}" goes through a package manager: ${command}`, {
      fact:
        'SIGTERM reaches the main process alone. npm ends at once by it and leaves Node running, which is never ' +
        'told and killed 10 s later.',
      remedy: `Start Node itself: "${type}: exec node …".`,
    })
  }
  if (/(?<!\|)\|(?!\|)/.test(command)) {
    refuse(`The command of "${type}" is a pipe: ${command}`, {
      fact: 'SIGTERM reaches the shell that runs the pipe, and not Node.',
      remedy: 'Write to stdout; the platform collects it.',
    })
  }
  if (!/(^|[;&]\s*)exec\s/.test(command)) {
    refuse(`The command of "${type}" does not begin with exec: ${command}`, {
      fact: 'SIGTERM reaches the main process alone, which is a shell where the command does not replace it.',
      remedy: `Write "${type}: exec …".`,
    })
  }
  checkFiles(type, command, files)
}

function checkFiles(type: string, command: string, files: string[]) {
  const named = command.match(/(?<=^|\s)[\w./-]+\.(ts|mts|js|mjs|cjs|sh)(?=\s|$)/g) ?? []
  const missing = named.find((file) => !files.includes(file.replace(/^\.\//, '')))
  if (!missing) return
  refuse(`The command of "${type}" runs ${missing}, which would not be uploaded.`, {
    fact: 'only what .cfignore leaves is in the container.',
    remedy: `Let ${missing} through in .cfignore, or correct the command.`,
  })
}
