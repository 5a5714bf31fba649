// The programs that private servers run, and how to install a missing one.

import { findProgram, isMissing } from './requirements.ts'

export interface Program {
  /** @throws {Error} with the remedy, if the program is missing */
  path(): string
  /** For `test.skipIf`. If the program is missing, prints the remedy; in CI, throws it. */
  missing(): boolean
}

/** @param names alternative names; an absolute path for a program that may be outside of PATH */
export function program(names: string[], remedy: string): Program {
  return {
    path() {
      const found = findProgram(...names)
      if (!found) throw new Error(remedy)
      return found
    },
    missing: () => isMissing(findProgram(...names), remedy),
  }
}
