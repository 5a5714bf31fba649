// Factor IV, backing services: what is bound to this deployment.

export type Kind = 'database' | 'redis' | 'memcached' | 'broker' | 'upstream'

export interface Bindings {
  /** The backing service of this kind; undefined where the embedded one is to be used. */
  of(kind: Kind): Binding | undefined
  /** Everything that is bound, without secrets, for `GET /info`. */
  list(): BindingSummary[]
}

/** A backing service to connect to. */
export interface Binding {
  kind: Kind
  /** The name of the binding, or of the variable that holds the address. */
  name: string
  /** The variable that it was read from: `DATABASE_URL`, `VCAP_SERVICES` … */
  source: string
  /**
   * At least one; several are the hosts of one cluster. Each is complete and percent-encoded, with the schemes
   * postgres, redis(s), memcached, amqp(s), http(s); or it is `sqlite:<file>` alone. A port is present only where one
   * was given.
   */
  urls: readonly string[]
  /** Whether to connect with TLS, which the schemes of PostgreSQL and Memcached can't express. */
  tls: boolean
  /** Certificates (PEM) to trust in addition to the usual ones. */
  ca?: string
}

export interface BindingSummary {
  kind: Kind | 'other'
  /** The name of the binding, or of the variable that holds the address. */
  name: string
  label?: string
  plan?: string
  source: string
  /** Whether the service uses it. Others are of another kind, were not chosen, or are overridden by a variable. */
  attached: boolean
}
