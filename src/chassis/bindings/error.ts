// Complaints about what is bound. They name a variable or a binding and the remedy, and never quote a value: whatever
// stands in a binding may be a password.

import { ConfigError } from '../config.ts'

/** What is bound cannot be used as it is. It ends the process at start, like any bad configuration. */
export class BindingsError extends ConfigError {
  constructor(complaints: readonly string[]) {
    super(complaints)
    this.name = 'BindingsError'
  }
}

/** For `throw complaint('DATABASE_URL must …')`. */
export const complaint = (sentence: string): BindingsError => new BindingsError([sentence])

/** Gathers the complaints of several readers, so that one restart is enough to put them all right. */
export function createComplaints() {
  const complaints = new Set<string>()
  return {
    /** What `read` returns, or undefined where it complained. */
    gather<T>(read: () => T): T | undefined {
      try {
        return read()
      } catch (error) {
        if (!(error instanceof BindingsError)) throw error
        for (const sentence of error.complaints) complaints.add(sentence)
        return undefined
      }
    },

    /** @throws {BindingsError} if anybody complained. */
    settle(): void {
      if (complaints.size > 0) throw new BindingsError([...complaints])
    },
  }
}
