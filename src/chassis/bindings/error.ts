// Complaints about bindings. They name a variable or a binding and the remedy, and never quote a value, because any value
// in a binding may be a password.

import { ConfigError } from '../config.ts'

/** A binding is invalid. The process ends at start, as with any invalid configuration. */
export class BindingsError extends ConfigError {
  constructor(complaints: readonly string[]) {
    super(complaints)
    this.name = 'BindingsError'
  }
}

/** For `throw complaint('DATABASE_URL must …')`. */
export const complaint = (sentence: string): BindingsError => new BindingsError([sentence])

/** Collects the complaints of several readers, so that one restart is enough to fix them. */
export function createComplaints() {
  const complaints = new Set<string>()
  return {
    /** @returns what `read` returns, or undefined if it throws a complaint */
    gather<T>(read: () => T): T | undefined {
      try {
        return read()
      } catch (error) {
        if (!(error instanceof BindingsError)) throw error
        for (const sentence of error.complaints) complaints.add(sentence)
        return undefined
      }
    },

    /** @throws {BindingsError} if there were complaints */
    settle(): void {
      if (complaints.size > 0) throw new BindingsError([...complaints])
    },
  }
}
