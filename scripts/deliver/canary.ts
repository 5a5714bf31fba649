// `BASE_URL=https://… node scripts/deliver/canary.ts <process guid> npm run e2e`: runs a command with the BASE_URL of a
// local proxy, whose requests reach only the instances of this process. The proxy adds the header by which routers
// choose.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface CanaryProxy extends AsyncDisposable {
  url: string
}

export async function openCanaryProxy(target: string, processGuid: string): Promise<CanaryProxy> {
  const { protocol, host, origin } = new URL(target)
  const send = protocol === 'https:' ? requestHttps : requestHttp
  const server = createServer((req, res) => {
    const headers = { ...req.headers, host, 'x-cf-process-instance': processGuid }
    const upstream = send(`${origin}${req.url}`, { method: req.method, headers, agent: false }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(res)
    })
    upstream.on('error', () => res.destroy())
    req.pipe(upstream)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${new URL(target).pathname.replace(/\/$/, '')}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

if (import.meta.main) {
  const [processGuid = '', program = '', ...args] = process.argv.slice(2)
  await using proxy = await openCanaryProxy(process.env.BASE_URL ?? '', processGuid)
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, BASE_URL: proxy.url } })
  const [code] = await once(child, 'close')
  process.exitCode = code ?? 1
}
