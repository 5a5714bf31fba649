// A bound service as the platform describes it, before its kind is known.

/** The fields differ from broker to broker. */
export type Credentials = Readonly<Record<string, unknown>>

export interface BoundService {
  /** The name of the binding, or of the service instance if the binding has none. */
  name: string
  instanceName?: string
  /** The offering in the marketplace, or `user-provided`; absent for a folder without a `type`. */
  label?: string
  plan?: string
  tags: readonly string[]
  credentials: Credentials
  /** The variable that it was read from. */
  source: string
}

/** Compares both names, that of the binding and that of the instance. */
export const isCalled = (service: BoundService, name: string | undefined): boolean =>
  name !== undefined && (service.name === name || service.instanceName === name)

/** Whether the value is an object, and neither null nor a list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
