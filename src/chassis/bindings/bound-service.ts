// A service as the platform tells of it, before anybody asks what it is good for.

/** Whatever the service's broker thought worth telling; every broker has names of its own. */
export type Credentials = Readonly<Record<string, unknown>>

export interface BoundService {
  /** The name of the binding, or of the service instance where the binding has none. */
  name: string
  instanceName?: string
  /** The offering in the marketplace, or `user-provided`; a folder without a `type` has none. */
  label?: string
  plan?: string
  tags: readonly string[]
  credentials: Credentials
  /** The variable that led here. */
  source: string
}

/** A service answers to both its names. */
export const isCalled = (service: BoundService, name: string | undefined): boolean =>
  name !== undefined && (service.name === name || service.instanceName === name)

/** An object that is neither null nor a list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
