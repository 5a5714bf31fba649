// The target of a journey: the deployment that `npm run e2e` was given, or else a process of its own. The client is
// typed by the contract, and every answer is checked against it.

import createClient, { type Client } from 'openapi-fetch'
import type { paths } from '../src/openapi.d.ts'
import { createConformance } from '../tests/contract/conformance.ts'
import { startService } from './service.ts'

export interface Target extends AsyncDisposable {
  /** Ends without a slash. */
  url: string
  api: Client<paths>
  fetch: typeof fetch
}

/** How long a deployment may take for one answer, a cold start included. */
const TIMEOUT_MS = 60_000

export async function openTarget(): Promise<Target> {
  const given = process.env.TARGET_URL?.replace(/\/+$/, '')
  const service = given ? undefined : await startService()
  const url = given ?? service?.url ?? ''
  const fetch = createConformingFetch(url)
  return {
    url,
    fetch,
    api: createClient<paths>({ baseUrl: url, fetch }),
    async [Symbol.asyncDispose]() {
      await service?.[Symbol.asyncDispose]()
    },
  }
}

function createConformingFetch(url: string): typeof fetch {
  const conform = createConformance()
  const prefix = new URL(url).pathname.replace(/\/$/, '')

  return async function conformingFetch(input, init) {
    const request = new Request(input, init)
    const response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const { pathname, search } = new URL(request.url)
    const path = pathname.slice(prefix.length) + search
    const body = await response.clone().text()
    conform({ method: request.method, path, status: response.status, headers: response.headers, body })
    return response
  }
}
