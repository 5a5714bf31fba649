// Environments as platforms write them, for the tests of the bindings.

import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { BindingsError, readBindings } from '../../../src/chassis/bindings.ts'
import type { Kind } from '../../../src/ports/bindings.ts'

/** What the broker of this offering is known to write. Every password in it contains MARKER. */
export const documentOf = (offering: string): string =>
  readFileSync(new URL(`${offering}.json`, import.meta.url), 'utf8')

/** A service without an offering: its name and credentials are all there is to know it by. */
export const userProvided = (name: string, credentials: object, more: object = {}) => ({
  label: 'user-provided',
  name,
  instance_name: name,
  tags: [],
  credentials,
  ...more,
})

/** Binds services, each under its own label. */
export const bound = (...services: { label: string }[]) => ({
  VCAP_SERVICES: JSON.stringify(Object.groupBy(services, ({ label }) => label)),
})

/** The first address of a single service with these credentials. */
export const urlOf = (kind: Kind, name: string, credentials: object): string | undefined =>
  readBindings(bound(userProvided(name, credentials))).of(kind)?.urls[0]

export const complaintsOf = (env: NodeJS.ProcessEnv): readonly string[] => errorOf(env)?.complaints ?? []

/** Everything that a log could show of the error. */
export const everythingAbout = (env: NodeJS.ProcessEnv): string => inspect(errorOf(env), { depth: 10 })

function errorOf(env: NodeJS.ProcessEnv): BindingsError | undefined {
  try {
    readBindings(env)
    return undefined
  } catch (error) {
    if (error instanceof BindingsError) return error
    throw error
  }
}
