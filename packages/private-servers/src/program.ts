// The programs that private servers are made of, with what to do where one is missing.

import { findProgram, isMissing } from './requirements.ts'

export interface Program {
  /** @throws {Error} with the remedy, where it is missing */
  path(): string
  /** For `test.skipIf`: where it is missing, a line tells the remedy; in CI this is an error. */
  missing(): boolean
}

/** @param names of which one is enough; an absolute path serves where PATH lacks a folder */
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
