// How a feature is called, and the other ways to spell its name that code and settings ask for.

import { Script } from 'node:vm'

/** `key-filter` becomes `keyFilter`. */
export const camelCase = (name: string): string => name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase())

/** `key-filter` becomes `KeyFilter`. */
export const pascalCase = (name: string): string => camelCase(`-${name}`)

/** `key-filter` becomes `KEY_FILTER`. */
export const constantCase = (name: string): string => name.replaceAll('-', '_').toUpperCase()

/** Lower case letters, digits and single hyphens, beginning with a letter: fit for paths, hosts, packages and apps. */
export const isKebabCase = (name: string): boolean => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)

/** Whether the language keeps a word for itself, as `import` or `new`. */
export function isReserved(word: string): boolean {
  try {
    new Script(`'use strict'; (async () => { let ${word} })`)
    return false
  } catch {
    return true
  }
}
