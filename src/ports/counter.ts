// The counter port: a number that all instances share where Redis is bound, and that this process keeps otherwise.

export interface SharedCounter {
  /** Returns at once; other instances see the change within a second. */
  add(count?: number): void
  /** The total of all instances, or of this process alone while the shared counter is unreachable. */
  total(): Promise<number>
}
