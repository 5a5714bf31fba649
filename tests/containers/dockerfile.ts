// Reads a Dockerfile and a .dockerignore, as far as those of this project use the language.

export interface Instruction {
  word: string
  /** What follows `--from=…` and its like. */
  text: string
  options: Record<string, string>
}

export interface Stage {
  base: string
  name: string | undefined
  instructions: Instruction[]
}

/** @throws {Error} where a line is no instruction, or comes before the first FROM */
export function readStages(text: string): Stage[] {
  const stages: Stage[] = []
  for (const line of logicalLines(text)) {
    const { word, ...rest } = readInstruction(line)
    if (word === 'FROM') {
      const [base = '', , name] = rest.text.split(/\s+/)
      stages.push({ base, name, instructions: [] })
    } else {
      const stage = stages.at(-1)
      if (!stage) throw new Error(`"${line}" is before the first FROM.`)
      stage.instructions.push({ word, ...rest })
    }
  }
  return stages
}

/** Without comments, and with continued lines joined. */
const logicalLines = (text: string): string[] =>
  text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim())

function readInstruction(line: string): Instruction {
  const [, word, flags = '', text = ''] = /^([A-Z]+)\s+((?:--[\w-]+=\S+\s+)*)(.*)$/.exec(line.trim()) ?? []
  if (!word) throw new Error(`"${line}" is no instruction.`)
  const options = [...flags.matchAll(/--([\w-]+)=(\S+)/g)].map(([, name, value]) => [name!, value!])
  return { word, text, options: Object.fromEntries(options) }
}

/** The arguments of an instruction by their words: `COPY a b ./` copies the first two to the last. */
export const argumentsOf = ({ text }: Instruction): string[] => text.split(/\s+/)

/** The command that runs: a list as it is, and a text in a shell. */
export const commandOf = (text: string): string[] => (text.startsWith('[') ? JSON.parse(text) : ['/bin/sh', '-c', text])

/** The names at the root that an allow-list lets in. @throws {Error} where it is not an allow-list */
export function allowedBy(dockerignore: string): string[] {
  const [first, ...rest] = dockerignore.split('\n').filter((line) => line && !line.startsWith('#'))
  const other = rest.find((line) => !/^![\w.-]+$/.test(line))
  if (first !== '*' || other !== undefined) throw new Error(`"${other ?? first}" has no place in an allow-list.`)
  return rest.map((line) => line.slice(1))
}
