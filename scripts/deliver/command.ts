// A command as data, so that it can be printed for a shell or run, and both do the same.

export interface Command {
  program: string
  args: Argument[]
  /** Variables for this command alone. */
  env?: Record<string, Argument>
  /** Captures what it prints under this name; of JSON, the value at the path, as `.resources[0].guid`. */
  into?: { name: string; path?: string }
}

/** A text as it is, or one in which `$NAME` stands for a variable of the environment or for what was captured. */
export type Argument = string | { text: string }

export const cf = (...args: Argument[]): Command => ({ program: 'cf', args })
export const npm = (...args: Argument[]): Command => ({ program: 'npm', args })

/** A line for the shell, where the outcome of one command decides whether another runs. */
export const shell = (line: string): Command => ({ program: 'sh', args: ['-c', line] })

/** Queries the API of the platform, and captures the value at the path of its response. */
export const query = (name: string, text: string, path: string): Command => ({
  ...cf('curl', '--fail', { text }),
  into: { name, path },
})

/** The command as a line that can be pasted into a shell. Variables stay names, so that no secret is shown. */
export function lineOf({ program, args, env = {}, into }: Command): string {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`)
  const [, line] = args
  const words = program === 'sh' && typeof line === 'string' ? [line] : [program, ...args.map(quote)]
  const commandLine = [...settings, ...words].join(' ')
  if (!into) return commandLine
  return `${into.name}=$(${commandLine}${into.path ? ` | jq -r '${into.path} // empty'` : ''})`
}

/** @throws {Error} where a variable has no value */
export function expand(argument: Argument, variables: Readonly<Record<string, string | undefined>>): string {
  if (typeof argument === 'string') return argument
  return argument.text.replace(/\$([A-Z_]+)/g, (_, name: string) => {
    const value = variables[name]
    if (value === undefined) throw new Error(`The variable ${name} has no value.`)
    return value
  })
}

/** @returns the value at a path of the form `.resources[0].guid`, as text; nothing where there is none */
export function pick(json: string, path: string): string {
  const steps = path.match(/[^.[\]]+/g) ?? []
  const value = steps.reduce<unknown>(
    (found, step) => (found as Record<string, unknown> | null)?.[step],
    JSON.parse(json),
  )
  return value === undefined || value === null ? '' : String(value)
}

function quote(argument: Argument): string {
  if (typeof argument !== 'string') return `"${argument.text.replace(/["\\`]/g, '\\$&')}"`
  return /^[\w./:=@%+,-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}
