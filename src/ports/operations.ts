// What operating the service needs from its backing services: readiness, a list of what is in use, and the rate limit.

/** Implemented by backing/, used by the web process. */
export interface Operations {
  /** The checks of the backing services in use. */
  checks(): ReadinessChecks
  /** The backing services in use so far, with warnings for the operator. */
  resources(): Resource[]
  rateLimiter: RateLimiter
}

/** By name, a function that throws while the resource is unavailable; the message says what is wrong. */
export type ReadinessChecks = Record<string, () => void | Promise<void>>

/** A backing service in use. */
export interface Resource {
  /** The port that it serves, such as `database`. */
  port: string
  /** The adapter behind the port, such as `sqlite` or `redis`. */
  adapter: string
  /** The binding or the variable that it came from; absent where it is embedded. */
  name?: string
  /** Something that the operator should fix. */
  warning?: string
}

export interface RateLimiter {
  /** Counts one request of a client. `remaining` is negative where the quota is used up. */
  take(client: string): Quota | Promise<Quota>
}

export interface Quota {
  /** Requests that the client has left in this window. */
  remaining: number
  /** When the window ends, in whole seconds from now. */
  resetSeconds: number
}
