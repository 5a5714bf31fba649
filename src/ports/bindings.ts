// Factor IV, backing services: what is bound to this deployment.

export type Kind = 'database' | 'redis' | 'memcached' | 'broker' | 'upstream'

export interface Bindings {
  /** The backing service of this kind; undefined where the embedded one is to be used. */
  of(kind: Kind): Binding | undefined
  /** Everything that is bound, without secrets, for `GET /info`. */
  list(): BindingSummary[]
  /** What is no reason to refuse the start, in sentences without secrets. */
  warnings: readonly string[]
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
  /** How to connect with TLS; undefined for plain text. Its parameters are not part of the urls. */
  tls: Tls | undefined
}

export interface Tls {
  /** `full` checks the certificate and its name; `ca` only the certificate, against `ca` alone; `none` only encrypts. */
  verify: 'full' | 'ca' | 'none'
  /** Certificates (PEM) to trust, with `full` in addition to those that Node trusts. */
  ca?: readonly string[]
  /** The certificate (PEM) by which the service identifies itself; never without its key. */
  cert?: string
  key?: string
  passphrase?: string
  /** Whether the password must be bound to the TLS connection (PostgreSQL). */
  channelBinding?: boolean
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
