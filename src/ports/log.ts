// Factor XI, logs: a logger, and the sink that its lines go to.

import type { Logger } from 'pino'

export type Log = Logger

export interface LogSink {
  /** Takes one line, which ends with a newline. Never blocks and never throws. */
  write(line: string): void
  /** The number of lines dropped so far, because the reader stalled or went away. */
  dropped(): number
  /** Settles when every accepted line is written, or can't be. */
  flush(): Promise<void>
}
