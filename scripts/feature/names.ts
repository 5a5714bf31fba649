// The spellings of a feature's name in code and settings.

import { Script } from 'node:vm'

/** `order-items` becomes `orderItems`. */
export const camelCase = (name: string): string => name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase())

/** `order-items` becomes `OrderItems`. */
export const pascalCase = (name: string): string => camelCase(`-${name}`)

/** `order-items` becomes `ORDER_ITEMS`. */
export const constantCase = (name: string): string => name.replaceAll('-', '_').toUpperCase()

/** Lower case letters, digits and single hyphens, beginning with a letter: valid in paths, hosts, packages and apps. */
export const isKebabCase = (name: string): boolean => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)

/** Whether JavaScript reserves the word, as `import` or `new`. */
export function isReserved(word: string): boolean {
  try {
    new Script(`'use strict'; (async () => { let ${word} })`)
    return false
  } catch {
    return true
  }
}
