// What the platform would not accept, with the fact behind it and the way out.

export interface Reason {
  /** How the platform behaves. */
  fact: string
  remedy: string
}

export class Refusal extends Error {
  readonly fact: string
  readonly remedy: string

  constructor(message: string, { fact, remedy }: Reason) {
    super(message)
    this.name = 'Refusal'
    this.fact = fact
    this.remedy = remedy
  }
}

/** @throws {Refusal} always */
export function refuse(message: string, reason: Reason): never {
  throw new Refusal(message, reason)
}
