// `npm run dev`: the service, started anew whenever its sources change, with logs for people. Folders are watched, and
// not files: an editor or git replaces a file, and who watches the old one learns of nothing any more.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, watch } from 'node:fs'
import { join } from 'node:path'
import pretty from 'pino-pretty'

const root = join(import.meta.dirname, '..')
const SETTLED_MS = 100
const TOLD_OR_CLEAR =
  'service,version,commit,instance,process,processId,requestId,client,userAgent,method,path,status,durationMs'

let service = start()
let settled: NodeJS.Timeout | undefined

for (const folder of globSync('src/**/', { cwd: root })) watch(join(root, folder), restartSoon)
watch(root, (_event, file) => ['openapi.yaml', '.env', 'package.json'].includes(file ?? '') && restartSoon())

function start(): ChildProcess {
  const settings = existsSync(join(root, '.env')) ? ['--env-file=.env'] : []
  const args = [...settings, 'src/main.ts', 'web']
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['inherit', 'pipe', 'inherit'] })
  child.stdout.pipe(pretty({ messageKey: 'message', ignore: TOLD_OR_CLEAR, singleLine: true, messageFormat }), {
    end: false,
  })
  return child
}

/** A save of many files is one change. */
function restartSoon() {
  clearTimeout(settled)
  settled = setTimeout(restart, SETTLED_MS)
}

async function restart() {
  if (service.exitCode === null) {
    service.kill('SIGINT') // As Ctrl-C does: without waiting for a router.
    await once(service, 'exit')
  }
  service = start()
}

function messageFormat({ message, method, path, status, durationMs }: Record<string, unknown>): string {
  return message === 'request' ? `${method} ${path} ${status} in ${durationMs} ms` : String(message)
}

// Ctrl-C reaches the service, too; this process only has to wait for it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    if (signal === 'SIGTERM') service.kill(signal)
    if (service.exitCode === null) await once(service, 'exit')
    process.exit()
  })
}
