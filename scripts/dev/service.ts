// The process of the service while it is developed: it is started again on demand, and its logs are made readable.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import pretty from 'pino-pretty'

/** Shown in the message, or of no interest on a developer's machine. */
const HIDDEN =
  'service,version,commit,instance,process,processId,requestId,client,userAgent,method,path,status,durationMs'

interface ServiceProcess {
  kill(signal: NodeJS.Signals): void
  /** Settles when it has ended, with how. */
  ended: Promise<string>
}

export interface DevelopedService {
  restart(): void
  /** Settles when the process has ended. It is not started again. */
  end(signal?: NodeJS.Signals): Promise<void>
}

/** @param onEnd is called when the process ends by itself; it stays ended until the next restart */
export function startService(root: string, onEnd: (how: string) => void): DevelopedService {
  let current = start()
  let isStopping = false
  let isEnding = false

  return {
    restart() {
      if (!isStopping) void restart()
    },
    async end(signal) {
      isEnding = true
      if (signal) current.kill(signal)
      await current.ended
    },
  }

  /** What changes while the old process stops is part of this restart. */
  async function restart() {
    isStopping = true
    current.kill('SIGINT') // As Ctrl-C: it does not wait for a router.
    await current.ended
    isStopping = false
    if (!isEnding) current = start()
  }

  function start(): ServiceProcess {
    const started = spawnService(root)
    void started.ended.then((how) => isStopping || isEnding || onEnd(how))
    return started
  }
}

function spawnService(root: string): ServiceProcess {
  const args = ['--import', './scripts/env-file.ts', 'src/main.ts', 'web']
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['inherit', 'pipe', 'inherit'] })
  child.stdout.pipe(pretty({ messageKey: 'message', ignore: HIDDEN, singleLine: true, messageFormat }), { end: false })
  return {
    kill: (signal) => void child.kill(signal),
    ended: once(child, 'exit').then(([code, signal]) => (signal ? `by ${signal}` : `with exit code ${code}`)),
  }
}

function messageFormat({ message, method, path, status, durationMs }: Record<string, unknown>): string {
  return message === 'request' ? `${method} ${path} ${status} in ${durationMs} ms` : String(message)
}
