// What the load generator sends.

export interface Workload {
  name: string
  path: string
  /** Kept alive, each with one request at a time. */
  connections: number
  /** The file with the body; without one the request is a GET. */
  bodyFile?: string
}
