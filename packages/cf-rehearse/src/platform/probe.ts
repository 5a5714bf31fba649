// One health check as Diego runs it: it connects to the container's address, only status 200 is healthy, and the
// time limit covers the headers: a body that stalls or breaks is ignored.

import { request } from 'node:http'
import { connect } from 'node:net'
import type { Instance } from '../container/launch.ts'
import { platform } from './platform.ts'

export interface Check {
  type: 'http' | 'port' | 'process'
  path: string
  timeoutSeconds: number
}

/** @param kind '' for liveness, 'readiness-' for readiness */
export function readCheck({ plan: { type, attributes } }: Instance, kind: '' | 'readiness-'): Check {
  const fallback = kind === '' && type === 'web' ? 'port' : 'process'
  const given = attributes[`${kind}health-check-type`] ?? fallback
  return {
    type: (given === 'none' ? 'process' : given) as Check['type'],
    path: String(attributes[`${kind}health-check-http-endpoint`] ?? '/'),
    timeoutSeconds: Number(attributes[`${kind}health-check-invocation-timeout`] ?? platform.probeSeconds),
  }
}

/** @returns what is wrong, or undefined */
export function probe({ address, port, running }: Instance, check: Check): Promise<string | undefined> {
  if (check.type === 'process') return Promise.resolve(running() ? undefined : 'the process has ended')
  const timeoutMs = check.timeoutSeconds * 1000
  if (check.type === 'port') return probePort(address, port, timeoutMs)
  return probeHttp(new URL(check.path, `http://${address}:${port}`), timeoutMs)
}

function probePort(host: string, port: number, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs })
    const end = (what?: string) => {
      socket.destroy()
      resolve(what)
    }
    socket.once('connect', () => end())
    socket.once('timeout', () => end(`no connection within ${timeoutMs} ms`))
    socket.once('error', (error) => end(error.message))
  })
}

const HEADERS = { 'user-agent': 'diego-healthcheck', 'x-forwarded-proto': 'https' }

function probeHttp(url: URL, timeoutMs: number, redirects = 10): Promise<string | undefined> {
  return new Promise((resolve) => {
    const req = request(url, { agent: false, headers: HEADERS, signal: AbortSignal.timeout(timeoutMs) })
    req.once('error', (error) => {
      resolve(
        error.name === 'AbortError' || error.name === 'TimeoutError'
          ? `no response within ${timeoutMs} ms`
          : error.message,
      )
    })
    req.once('response', (response) => {
      const { statusCode = 0, headers } = response
      response.once('error', () => {})
      response.destroy()
      const follow = statusCode >= 300 && statusCode < 400 && headers.location && redirects > 0
      if (follow) resolve(probeHttp(new URL(headers.location!, url), timeoutMs, redirects - 1))
      else resolve(statusCode === 200 ? undefined : `${url.pathname} responded with ${statusCode}`)
    })
    req.end()
  })
}
