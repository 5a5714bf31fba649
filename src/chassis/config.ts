// Factor III, config: everything that differs between deploys is an environment variable. Each is declared once, with its
// type, its default and one line of documentation. All are read once, at start, and frozen.

/** One environment variable. `parse` throws an Error whose message continues after the name: "must be …". */
export interface Setting<T> {
  doc: string
  /** The text that is parsed if the variable is not set; undefined if there is no default. */
  fallback?: string
  required: boolean
  /** The value is never shown, neither in a complaint nor in a listing. */
  secret?: boolean
  parse(text: string): T
}

// Settings of different types share one record, so their types are erased here and restored by Config.
// biome-ignore lint/suspicious/noExplicitAny: any type of value that a setting may have.
export type Settings = Record<string, Setting<any>>

/** The values of a record of settings: `{ PORT: integer(…) }` becomes `{ readonly PORT: number }`. */
export type Config<S extends Settings> = { readonly [Name in keyof S]: ReturnType<S[Name]['parse']> }

/** Any text. Without a fallback the variable must be set. */
export const text = (doc: string, fallback?: string): Setting<string> => setting(doc, fallback, (given) => given)

/** A whole number. By default `min` is 0 and `max` is the largest safe integer. */
export function integer(
  doc: string,
  fallback?: number,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number } = {},
): Setting<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  return setting(doc, fallback?.toString(), (given) => {
    const number = /^-?\d+$/.test(given) ? Number(given) : Number.NaN
    if (!(number >= min && number <= max)) throw new Error(`must be a whole number ${range}`)
    return number
  })
}

/** One of a few words. */
export function oneOf<const Word extends string>(doc: string, words: readonly Word[], fallback?: Word): Setting<Word> {
  return setting(doc, fallback, (given) => {
    const word = words.find((each) => each === given)
    if (word === undefined) throw new Error(`must be one of ${words.join(', ')}`)
    return word
  })
}

const MIB = 2 ** 20

const UNITS: Record<string, number> = { '': 1, k: 1024, m: MIB, g: 1024 * MIB }

/** A size as platforms write it: `512m`, `1G`, `512Mi`, or a number of bytes. */
export const memorySize = (doc: string): Setting<number> =>
  setting(doc, undefined, (given) => {
    const [, digits, unit = ''] = /^(\d+)(?:([kmg])i?b?)?$/i.exec(given) ?? []
    const bytes = Number(digits) * UNITS[unit.toLowerCase()]!
    if (!(bytes >= 32 * MIB)) throw new Error('must be a size of at least 32m, such as 512m or 1g')
    return bytes
  })

/** `true` or `false`. */
export function flag(doc: string, fallback: boolean): Setting<boolean> {
  const word = oneOf(doc, ['true', 'false'], fallback ? 'true' : 'false')
  return { ...word, parse: (given) => word.parse(given) === 'true' }
}

/** Texts separated by commas; an empty list by default. */
export const list = (doc: string): Setting<string[]> =>
  setting(doc, '', (given) => given.split(',').flatMap((item) => item.trim() || []))

/** Origins of web pages, separated by commas, in the form that browsers send; `*` stands for any. */
export const origins = (doc: string): Setting<string[]> =>
  setting(doc, '', (given) => [...new Set(list('').parse(given).map(normaliseOrigin))])

/** Browsers send the scheme and the host in lower case, and no default port (Fetch standard, Origin header). */
function normaliseOrigin(given: string): string {
  if (given === '*') return given
  const [, scheme, rest] = /^([a-z][a-z\d+.-]*):\/\/([^/?#@\s]+)\/?$/i.exec(given) ?? []
  if (!rest || !URL.canParse(given)) {
    throw new Error(`must list origins such as https://app.example.com, without a path; "${given}" is not one`)
  }
  if (rest.includes('*')) throw new Error(`must name each origin; a wildcard as in "${given}" is not supported`)
  // Apps have schemes of their own, such as capacitor://localhost.
  return /^https?$/i.test(scheme!) ? new URL(given).origin : `${scheme}://${rest}`.toLowerCase()
}

/** The same setting, but undefined if it is not set. */
export const optional = <T>({ fallback: _, ...rest }: Setting<T>): Setting<T | undefined> => ({
  ...rest,
  required: false,
})

/** The same setting, but its value is never shown. */
export const secret = <T>(shown: Setting<T>): Setting<T> => ({ ...shown, secret: true })

function setting<T>(doc: string, fallback: string | undefined, parse: (text: string) => T): Setting<T> {
  return { doc, required: fallback === undefined, parse, ...(fallback !== undefined && { fallback }) }
}

/**
 * Reads the settings from an environment; an empty variable counts as not set.
 *
 * @throws {ConfigError} with all complaints at once, so that one restart is enough to fix them
 */
export function readConfig<S extends Settings>(env: NodeJS.ProcessEnv, settings: S): Config<S> {
  const values: Record<string, unknown> = {}
  const complaints: string[] = []
  for (const [name, declared] of Object.entries(settings)) {
    try {
      values[name] = readSetting(env[name], declared)
    } catch (error) {
      complaints.push(`${name} ${(error as Error).message} (${declared.doc})${serviceLinkRemedy(name, env[name])}`)
    }
  }
  if (complaints.length > 0) throw new ConfigError(complaints)
  return Object.freeze(values) as Config<S>
}

function readSetting<T>(given: string | undefined, { fallback, required, secret, parse }: Setting<T>): T | undefined {
  const text = given || fallback
  if (text === undefined) {
    if (required) throw new Error('is not set')
    return undefined
  }
  try {
    return parse(text)
  } catch (error) {
    throw new Error(`${(error as Error).message}${secret ? '' : `, not "${text}"`}`)
  }
}

/** Kubernetes sets REDIS_PORT=tcp://10.96.0.12:6379 in every pod of a namespace that has a service called redis. */
function serviceLinkRemedy(name: string, given = ''): string {
  if (!/^(tcp|udp|sctp):\/\/\S+:\d+$/.test(given)) return ''
  const service = /^(.+)_PORT$/.exec(name)?.[1]?.toLowerCase().replaceAll('_', '-')
  const origin = service ? `Kubernetes sets it for a service called ${service}` : 'Kubernetes sets such addresses'
  const rename = service ? ', or rename the service' : ''
  return `. ${origin}: set enableServiceLinks to false in the pod, or ${name} to a value of its own${rename}`
}

/** The environment is invalid. The process ends at start. */
export class ConfigError extends Error {
  readonly complaints: readonly string[]

  constructor(complaints: readonly string[]) {
    super('Bad configuration')
    this.name = 'ConfigError'
    this.complaints = complaints
  }
}
