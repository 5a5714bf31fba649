// `npm run dev`: the service, restarted whenever its sources change, with readable logs.

import { watch } from 'node:fs'
import { join } from 'node:path'
import { runScript } from './command-line.ts'
import { startService } from './dev/service.ts'
import { watchFolders } from './dev/watch-folders.ts'

const commandLine = {
  command: 'npm run dev',
  summary:
    'Serves on http://localhost:8080 with readable logs, and restarts when a file in src, openapi.yaml, package.json or\n.env changes. Settings come from the environment and from .env; "npm run help" prints them.',
  examples: ['npm run dev', 'PORT=3000 npm run dev'],
}

/** Files at the root that the service reads. */
const READ_FILES = ['openapi.yaml', '.env', 'package.json']

/** Saving many files is one change. */
const SETTLED_MS = 100

await runScript(commandLine, () => {
  const root = join(import.meta.dirname, '..')
  const service = startService(root, (how) => {
    console.log(`The service ended ${how}. It starts again when a file changes.`)
  })

  let settled: NodeJS.Timeout | undefined
  const restartSoon = () => {
    clearTimeout(settled)
    settled = setTimeout(service.restart, SETTLED_MS)
  }
  watchFolders(join(root, 'src'), restartSoon)
  watch(root, (_event, file) => READ_FILES.includes(file ?? '') && restartSoon())

  // At a terminal Ctrl-C reaches the service as well, so that this process only waits for it.
  process.once('SIGINT', () => service.end().then(() => process.exit()))
  process.once('SIGTERM', () => service.end('SIGTERM').then(() => process.exit()))
})
