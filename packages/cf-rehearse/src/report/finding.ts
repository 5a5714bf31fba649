// A reason for which a push would fail: what was found, how the platform behaves, and what to change.

export interface Reason {
  /** How the platform behaves. */
  fact: string
  remedy: string
}

export class Finding extends Error {
  readonly fact: string
  readonly remedy: string

  constructor(message: string, { fact, remedy }: Reason) {
    super(message)
    this.name = 'Finding'
    this.fact = fact
    this.remedy = remedy
  }
}

/** @throws {Finding} always */
export function throwFinding(message: string, reason: Reason): never {
  throw new Finding(message, reason)
}
